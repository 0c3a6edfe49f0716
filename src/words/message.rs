//! The messages that the program says by itself, one name each.

messages! {
    /// Said before every inward practice: hard feelings may come up, this is known, and what to do.
    CautionInward = "caution-inward",
    /// When to seek care and not to breathe through it.
    SeekCare = "seek-care",
    /// That this is not a medical device.
    NotMedical = "not-medical",
    /// The title of the offer.
    OfferTitle = "offer-title",
    /// The offer with its reason, without figures: `turn`.
    OfferBody = "offer-body",
    /// The offer with figures: `turn`, `rate`, `usual`, `span`.
    OfferBodyFigures = "offer-body-figures",
    /// The offer that does not mention the heart: `turn`.
    OfferBodyNoHeart = "offer-body-no-heart",
    /// How to begin where the notification has no buttons.
    OfferRun = "offer-run",
    /// The same where a middle-click on the notification starts.
    OfferMiddleClick = "offer-middle-click",
    /// The same where a click on the notification starts.
    OfferClick = "offer-click",
    /// The button that starts.
    Start = "start",
    /// The button that asks again later.
    Later = "later",
    /// The button that says all is well.
    Fine = "fine",
    /// The way out.
    Leave = "leave",
    /// The way out to the grounding.
    TooMuch = "too-much",
    /// The step before.
    Back = "back",
    /// The title of the screens of the first time.
    WelcomeTitle = "welcome-title",
    /// The first time: what this is.
    WelcomeWhat = "welcome-what",
    /// The first time: what it is not.
    WelcomeNot = "welcome-not",
    /// The first time: how to leave.
    WelcomeWayOut = "welcome-way-out",
    /// What the lengths of a break are called.
    LengthsTitle = "lengths-title",
    /// Twenty seconds.
    LengthTwentySeconds = "length-20s",
    /// One minute.
    LengthOneMinute = "length-1m",
    /// Three minutes.
    LengthThreeMinutes = "length-3m",
    /// Five minutes.
    LengthFiveMinutes = "length-5m",
    /// The search for one's pace, on the first page.
    FindPace = "find-pace",
    /// Above other practices.
    OthersTitle = "others-title",
    /// What opens the question before a break.
    BeforeTitle = "before-title",
    /// What opens what can be heard.
    SoundTitle = "sound-title",
    /// Soft tones for in and out.
    SoundTones = "sound-tones",
    /// Steps read aloud.
    SoundVoice = "sound-voice",
    /// How loud.
    SoundVolume = "sound-volume",
    /// What the two likings are called.
    LikingTitle = "liking-title",
    /// More like this.
    MoreLikeThis = "more-like-this",
    /// Less like this.
    LessLikeThis = "less-like-this",
    /// Above the line of one's own.
    NoteTitle = "note-title",
    /// What opens how the heart moved.
    CourseTitle = "course-title",
    /// How the heart moved: `begin`, `end`, in beats a minute.
    CourseWords = "course-words",
    /// Above help lines, after several hard answers.
    HardDays = "hard-days",
    /// How long to breathe in and out: `in`, `out`, in seconds.
    ShapeCount = "shape-count",
    /// Two short breaths in and a long one out.
    ShapeLongOut = "shape-long-out",
    /// The next step.
    Next = "next",
    /// Let time stand still.
    Pause = "pause",
    /// Go on after a pause.
    Resume = "resume",
    /// Said when the grounding begins.
    TooMuchMet = "too-much-met",
    /// Said after the last step.
    EndingCompleted = "ending-completed",
    /// Said after leaving.
    EndingLeft = "ending-left",
    /// Said after the grounding.
    EndingTooMuch = "ending-too-much",
    /// Above the emergency numbers.
    HelpEmergency = "help-emergency",
    /// Above the numbers to talk with someone.
    HelpTalk = "help-talk",
    /// Where to look elsewhere: `directory`.
    HelpElsewhere = "help-elsewhere",
    /// How old the numbers are: `date`.
    HelpAsOf = "help-as-of",
    /// How far the heart has risen: `rate`, `usual`, `excess` in bpm, `span` over which it is averaged.
    ReasonRisen = "reason-risen",
    /// A span of time: `count` seconds.
    SpanSeconds = "span-seconds",
    /// A span of time: `count` minutes.
    SpanMinutes = "span-minutes",
    /// A whole recording: `offers`, `held`, `hours`, `learned`.
    ReplaySummary = "replay-summary",
    /// Why there was no offer: the day was left free.
    GateDayOff = "gate-day-off",
    /// Why there was no offer: these were quiet hours.
    GateQuietHours = "gate-quiet-hours",
    /// Why there was no offer: offers were snoozed.
    GateSnoozed = "gate-snoozed",
    /// Why there was no offer: a break was open.
    GateBreakOpen = "gate-break-open",
    /// Why there was no offer: the screen was locked.
    GateLocked = "gate-locked",
    /// Why there was no offer: nobody was at the desk.
    GateAway = "gate-away",
    /// Why there was no offer: movement or exercise.
    GateMoving = "gate-moving",
    /// Why there was no offer: just back at the desk.
    GateJustReturned = "gate-just-returned",
    /// Why there was no offer: microphone or camera in use.
    GateInCall = "gate-in-call",
    /// Why there was no offer: the screen was shared.
    GateSharing = "gate-sharing",
    /// Why there was no offer: a window filled the screen.
    GateFullScreen = "gate-full-screen",
    /// Why there was no offer: notifications were silenced.
    GateDoNotDisturb = "gate-do-not-disturb",
    /// Why there was no offer: a program kept the screen awake.
    GateInhibited = "gate-inhibited",
    /// Why there was no offer: today's offers were used up.
    GateDailyLimit = "gate-daily-limit",
    /// Why there was no offer: the last offer was not long ago.
    GateCoolDown = "gate-cool-down",
    /// Why there was no offer: the hands did not rest in time.
    GateNoPause = "gate-no-pause",
    /// Why there was no offer: the heart settled while a pause was waited for.
    GateSettled = "gate-settled",
    /// Above the help lines.
    HelpTitle = "help-title",
    /// What opens the numbers of other places.
    HelpOthers = "help-others",
    /// The button that leads from the first page to the first step.
    Begin = "begin",
    /// On the first page: eyes may stay open.
    EyesOpen = "eyes-open",
    /// What opens, on the first page, when to seek care.
    CareTitle = "care-title",
    /// Before the choice of what attention rests on.
    AnchorTitle = "anchor-title",
    /// The breath, among those choices.
    AnchorBreath = "anchor-breath",
    /// The feet.
    AnchorFeet = "anchor-feet",
    /// The hands.
    AnchorHands = "anchor-hands",
    /// Sounds.
    AnchorSound = "anchor-sound",
    /// Something to look at.
    AnchorSight = "anchor-sight",
    /// What a screen reader calls the words of a step to choose from.
    ChoicesTitle = "choices-title",
    /// What a screen reader calls the buttons of a step.
    ControlsTitle = "controls-title",
    /// In place of the shape that moves, where nothing is to move.
    ShapeStill = "shape-still",
    /// Above the live heart: `rate`.
    HeartNow = "heart-now",
    /// What the picture of the heart's line is called.
    LineTitle = "line-title",
    /// Beside the heart's line, before there is more to say.
    LineDrawn = "line-drawn",
    /// How far the heart swings with the breath: `ms`.
    LineSwing = "line-swing",
    /// It swings hardly at all.
    LineEven = "line-even",
    /// Too few beats yet.
    LineWaiting = "line-waiting",
    /// The monitor went silent.
    LineSilent = "line-silent",
    /// The monitor tells of no single beats.
    LineNoRr = "line-no-rr",
    /// Too many artefacts.
    LinePoor = "line-poor",
    /// The rhythm is irregular.
    LineIrregular = "line-irregular",
    /// The search found a pace: `pace`, in breaths a minute.
    PaceFound = "pace-found",
    /// The search was interrupted.
    PaceUnfinished = "pace-unfinished",
    /// There were no single beats to look at.
    PaceNoRr = "pace-no-rr",
    /// Too many artefacts to tell.
    PacePoor = "pace-poor",
    /// The rhythm is irregular.
    PaceIrregular = "pace-irregular",
    /// No pace stood out.
    PaceTooEven = "pace-too-even",
    /// The one question, after the last step.
    TenseQuestion = "tense-question",
    /// What 0 stands for.
    TenseLeast = "tense-least",
    /// What 10 stands for.
    TenseMost = "tense-most",
    /// The button that gives the answer.
    Done = "done",
    /// The button that gives none.
    Skip = "skip",
    /// The button that closes the page.
    Close = "close",
    /// That the window may be closed, where it cannot close itself.
    MayClose = "may-close",
    /// That the daemon went away under an open page.
    PageGone = "page-gone",
    /// To whoever comes with an address that was used already, or too late.
    PageRefused = "page-refused",
    /// Where a page without its script says how else to take a break.
    PageNoScript = "page-no-script",
    /// Where there is no break to show.
    NoBreak = "no-break",
    /// Above a notice about the settings.
    NoticeConfigTitle = "notice-config-title",
    /// That a fault in the settings leaves the last good ones in force: `problem`.
    NoticeConfigKept = "notice-config-kept",
    /// That the program did not start for a fault in the settings: `problem`.
    NoticeConfigStart = "notice-config-start",
    /// Above a notice about the history.
    NoticeStoreTitle = "notice-store-title",
    /// That the history cannot be written for now: `problem`.
    NoticeStoreFailing = "notice-store-failing",
    /// That the history was kept aside: `problem`, `path`.
    NoticeStoreAside = "notice-store-aside",
    /// That nothing is remembered: `problem`.
    NoticeStoreNone = "notice-store-none",
    /// Above a notice about the page of a break.
    NoticePageTitle = "notice-page-title",
    /// Where the break can be opened by hand: `url`.
    NoticePageAddress = "notice-page-address",
    /// That no page can be opened.
    NoticePageNone = "notice-page-none",
    /// The keys on the screens of the first time.
    TerminalKeysWelcome = "terminal-keys-welcome",
    /// The keys before the first step.
    TerminalKeysFirst = "terminal-keys-first",
    /// The keys at a step.
    TerminalKeysStep = "terminal-keys-step",
    /// The keys in the grounding.
    TerminalKeysGrounding = "terminal-keys-grounding",
    /// That time stands still, and how to go on.
    TerminalPaused = "terminal-paused",
    /// That it goes on.
    TerminalGoesOn = "terminal-goes-on",
    /// How to answer the one question.
    TerminalAnswer = "terminal-answer",
    /// The keys for more or less like it.
    TerminalLiking = "terminal-liking",
    /// How to leave a line of their own.
    TerminalNote = "terminal-note",
    /// What attention rests on, and the key for something else: `word`.
    TerminalAnchor = "terminal-anchor",
    /// What attention rests on from now on: `word`.
    TerminalAnchorNow = "terminal-anchor-now",
    /// The key for how tense it is before the break.
    TerminalBefore = "terminal-before",
    /// How tense it was said to be before the break: `tense`.
    TerminalBeforeSaid = "terminal-before-said",
    /// That another length was chosen: `length`.
    TerminalLength = "terminal-length",
    /// That the steps are not read aloud: `problem`.
    TerminalMute = "terminal-mute",
    /// That a break is not kept: `problem`.
    TerminalNotKept = "terminal-not-kept",
    /// That there is no history.
    HistoryNone = "history-none",
    /// That nothing happened on a day.
    HistoryNothing = "history-nothing",
    /// For how long the heart was heard: `hours`, and its median: `rate`.
    HistoryWorn = "history-worn",
    /// A break that came to its end: `title`, `length`.
    HistoryCompleted = "history-completed",
    /// A break that was left: `title`, `length`.
    HistoryLeft = "history-left",
    /// A break that was too much: `title`, `length`.
    HistoryTooMuch = "history-too-much",
    /// A break that is open, or was interrupted: `title`, `length`.
    HistoryOpen = "history-open",
    /// How tense it was: `before`, `after`.
    HistoryTense = "history-tense",
    /// How tense it was before: `before`.
    HistoryTenseBefore = "history-tense-before",
    /// How tense it was afterwards: `after`.
    HistoryTenseAfter = "history-tense-after",
    /// More like it was wanted.
    HistoryMore = "history-more",
    /// Less like it was wanted.
    HistoryLess = "history-less",
    /// What the owner wrote: `note`.
    HistoryNote = "history-note",
    /// That a break was offered.
    HistoryOffered = "history-offered",
    /// What an offer was told by: `rate`, `usual`, `span`.
    HistoryFigures = "history-figures",
    /// The last offer: `time`, `reason`.
    WhyLastOffer = "why-last-offer",
    /// That there was none.
    WhyNoOffer = "why-no-offer",
    /// It was begun.
    WhyStart = "why-answered-start",
    /// It was put off.
    WhyLater = "why-answered-later",
    /// Its owner was fine.
    WhyFine = "why-answered-fine",
    /// Its owner was moving.
    WhyMoving = "why-answered-moving",
    /// Its owner was excited.
    WhyExcited = "why-answered-excited",
    /// Nobody answered.
    WhyExpired = "why-expired",
    /// A newer one took its place.
    WhyReplaced = "why-replaced",
    /// It is open.
    WhyOpen = "why-open",
    /// That nothing streams.
    WhyNothingMeasured = "why-nothing-measured",
    /// That too little was learned: `learned` and `needed` in minutes.
    WhyLearning = "why-learning",
    /// The figures: `rate`, `usual`, `spread`, `rise` and `span`.
    WhyFigures = "why-figures",
    /// The heart is near usual.
    WhySettled = "why-settled",
    /// It was up, and is near usual again.
    WhySettling = "why-settling",
    /// It is up, not yet enough: since `time`.
    WhyRising = "why-rising",
    /// It is up: since `time`.
    WhyElevated = "why-elevated",
    /// Above the gates that are closed.
    WhyClosed = "why-closed",
    /// That none is.
    WhyAllOpen = "why-all-open",
    /// Among the gates that are closed now: this day is left free.
    ClosedDayOff = "closed-day-off",
    /// Among the gates that are closed now: these are quiet hours.
    ClosedQuietHours = "closed-quiet-hours",
    /// Among the gates that are closed now: offers are snoozed.
    ClosedSnoozed = "closed-snoozed",
    /// Among the gates that are closed now: a break is open.
    ClosedBreakOpen = "closed-break-open",
    /// Among the gates that are closed now: the screen is locked.
    ClosedLocked = "closed-locked",
    /// Among the gates that are closed now: nobody is at the desk.
    ClosedAway = "closed-away",
    /// Among the gates that are closed now: this is movement or exercise, or the recovery from it.
    ClosedMoving = "closed-moving",
    /// Among the gates that are closed now: the return to the desk is too recent.
    ClosedJustReturned = "closed-just-returned",
    /// Among the gates that are closed now: the microphone or the camera is in use.
    ClosedInCall = "closed-in-call",
    /// Among the gates that are closed now: the screen is being shared.
    ClosedSharing = "closed-sharing",
    /// Among the gates that are closed now: a window fills the screen.
    ClosedFullScreen = "closed-full-screen",
    /// Among the gates that are closed now: notifications are silenced.
    ClosedDoNotDisturb = "closed-do-not-disturb",
    /// Among the gates that are closed now: a program keeps the screen awake.
    ClosedInhibited = "closed-inhibited",
    /// Among the gates that are closed now: the day's offers are used up.
    ClosedDailyLimit = "closed-daily-limit",
    /// Among the gates that are closed now: the last offer is not long ago.
    ClosedCoolDown = "closed-cool-down",
    /// Among the gates that are closed now: the hands are at work; a pause is waited for.
    ClosedNoPause = "closed-no-pause",
    /// Among the gates that are closed now: the heart has settled.
    ClosedSettled = "closed-settled",
}

impl AsRef<str> for Message {
    fn as_ref(&self) -> &str {
        self.id()
    }
}
