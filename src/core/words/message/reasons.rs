//! Why there was an offer, or none, and what happened: for `kindbeat why`, `history` and `replay`.

macro_rules! reasons {
    ([$next:ident $($rest:ident)*] $($before:tt)*) => { $next! { [$($rest)*] $($before)*

    /// How far the heart has risen: `rate`, `usual`, `excess` in bpm, `span` over which it is averaged.
    ReasonRisen = "reason-risen",
    /// A span of time: `count` seconds.
    SpanSeconds = "span-seconds",
    /// A span of time: `count` minutes.
    SpanMinutes = "span-minutes",
    /// How long something lasted: `count` minutes.
    LastingMinutes = "lasting-minutes",
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
    /// That the heart was never up for long enough.
    DecisionsNone = "decisions-none",
    /// The heart was up: `span`, `until`.
    DecisionsUpUntil = "decisions-up-until",
    /// The heart was up, and is, or nobody knows until when.
    DecisionsUp = "decisions-up",
    /// A break was offered about it: `time`.
    DecisionsOffered = "decisions-offered",
    /// Nothing was decided.
    DecisionsOpen = "decisions-open",
    /// The last offer: `time`, `reason`.
    WhyLastOffer = "why-last-offer",
    /// That there was none.
    WhyNoOffer = "why-no-offer",
    /// The last elevation that was not offered: `time`, `reason`.
    WhyHeld = "why-held",
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
    /// Among the gates that are closed now: nothing tells whether the microphone or the camera is in use.
    UnseenInCall = "unseen-in-call",
    /// Among the gates that are closed now: nothing tells whether the screen is being shared.
    UnseenSharing = "unseen-sharing",
    /// Among the gates that are closed now: nothing tells whether a window fills the screen.
    UnseenFullScreen = "unseen-full-screen",
    /// Among the gates that are closed now: nothing tells whether notifications are silenced.
    UnseenDoNotDisturb = "unseen-do-not-disturb",
    /// Among the gates that are closed now: nothing tells whether a program keeps the screen awake.
    UnseenInhibited = "unseen-inhibited",

    } };
}
