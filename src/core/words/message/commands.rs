//! What the commands say of how things stand: `kindbeat status`, and what several share.

macro_rules! commands {
    ([$next:ident $($rest:ident)*] $($before:tt)*) => { $next! { [$($rest)*] $($before)*

    /// How to start the daemon.
    AskStart = "ask-start",
    /// That no daemon runs.
    AskNotRunning = "ask-not-running",
    /// That there is no session to look for one in.
    AskNoSession = "ask-no-session",
    /// What to do where the daemon is there and does not do its work.
    AskStuck = "ask-stuck",
    /// A moment: the end of this day.
    TimeMidnight = "time-midnight",
    /// A moment on a Monday: `time`.
    TimeMonday = "time-monday",
    /// A moment on a Tuesday: `time`.
    TimeTuesday = "time-tuesday",
    /// A moment on a Wednesday: `time`.
    TimeWednesday = "time-wednesday",
    /// A moment on a Thursday: `time`.
    TimeThursday = "time-thursday",
    /// A moment on a Friday: `time`.
    TimeFriday = "time-friday",
    /// A moment on a Saturday: `time`.
    TimeSaturday = "time-saturday",
    /// A moment on a Sunday: `time`.
    TimeSunday = "time-sunday",
    /// That offers are snoozed: `until`, a moment.
    SnoozeUntil = "snooze-until",
    /// That they are not any more.
    SnoozeOver = "snooze-over",
    /// The last offer was answered: fine.
    FineKept = "fine-kept",
    /// The last offer was answered: moving.
    FineMoving = "fine-moving",
    /// The last offer was answered: excited.
    FineExcited = "fine-excited",
    /// That answer was taken back.
    FineUndone = "fine-undone",
    /// Where a break was opened. Its address follows.
    BreakInBrowser = "break-in-browser",
    /// In front of the strap.
    StatusStrap = "status-strap",
    /// In front of the heart.
    StatusHeart = "status-heart",
    /// In front of what holds an offer back.
    StatusHeld = "status-held",
    /// In front of how well it is heard.
    StatusSignal = "status-signal",
    /// In front of what was learned.
    StatusLearned = "status-learned",
    /// In front of the offers of the day.
    StatusOffers = "status-offers",
    /// In front of a snooze.
    StatusSnoozed = "status-snoozed",
    /// In front of a break.
    StatusBreak = "status-break",
    /// In front of the settings.
    StatusSettings = "status-settings",
    /// A strap: `name`, `state`.
    StatusSensor = "status-sensor",
    /// A strap that tells its battery: `name`, `state`, `level`.
    StatusSensorBattery = "status-sensor-battery",
    /// There is no strap yet.
    StatusNoneFound = "status-none-found",
    /// How a strap is: looked for.
    StatusSearching = "status-searching",
    /// How a strap is: about to be connected.
    StatusConnecting = "status-connecting",
    /// How a strap is: it sends.
    StatusStreaming = "status-streaming",
    /// How a strap is: connected, but silent.
    StatusSilent = "status-silent",
    /// How a strap is: out of reach.
    StatusAway = "status-away",
    /// How a strap is: Bluetooth is off.
    StatusAdapterOff = "status-adapter-off",
    /// How a strap is: there is no Bluetooth.
    StatusNoBluetooth = "status-no-bluetooth",
    /// How a strap is: let go.
    StatusReleased = "status-released",
    /// The rate, and what is usual: `rate`, `usual`.
    StatusRates = "status-rates",
    /// The rate: `rate`.
    StatusRate = "status-rate",
    /// There is none.
    StatusRateNone = "status-rate-none",
    /// What is usual: `usual`.
    StatusUsual = "status-usual",
    /// What is usual, and how far it varies: `usual`, `spread`.
    StatusUsualSpread = "status-usual-spread",
    /// It is not known yet.
    StatusUsualLearning = "status-usual-learning",
    /// The heart is up: since `time`.
    StatusUpSince = "status-up-since",
    /// What holds an offer back: `reason`.
    StatusHeldBy = "status-held-by",
    /// The signal: good.
    StatusSignalGood = "status-signal-good",
    /// The signal: poor.
    StatusSignalPoor = "status-signal-poor",
    /// The signal: no single beats.
    StatusSignalRateOnly = "status-signal-rate-only",
    /// The signal: no skin.
    StatusSignalOffBody = "status-signal-off-body",
    /// How much was learned from: `count` minutes.
    StatusLearnedMinutes = "status-learned-minutes",
    /// How much was learned from: `hours`.
    StatusLearnedHours = "status-learned-hours",
    /// How many offers there were: `count`.
    StatusOffersToday = "status-offers-today",
    /// Until when offers are snoozed: `time`.
    StatusSnoozedUntil = "status-snoozed-until",
    /// A break is open.
    StatusBreakOpen = "status-break-open",
    /// A fault leaves the earlier settings in force: `problem`.
    StatusSettingsKept = "status-settings-kept",
    /// For a bar: no daemon runs.
    StatusOffline = "status-offline",
    /// For whoever watches: no daemon runs any more.
    StatusGone = "status-gone",
    /// The question whether the thresholds fit, below the status.
    StatusFit = "status-fit",
    /// Nothing says where a speech server could be.
    VoiceNowhere = "voice-nowhere",
    /// No speech server runs.
    VoiceAway = "voice-away",
    /// It does not answer.
    VoiceSilent = "voice-silent",
    /// What answers is something else.
    VoiceStrange = "voice-strange",
    /// It refuses.
    VoiceRefused = "voice-refused",

    } };
}
