//! What is said around a break: the offer, the page, the terminal, and notices on the desktop.

macro_rules! breaks {
    ([$next:ident $($rest:ident)*] $($before:tt)*) => { $next! { [$($rest)*] $($before)*

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
    /// A month: `month` from 1, `year`.
    HelpMonth = "help-month",
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

    } };
}
