//! What `kindbeat doctor` says.

macro_rules! doctor {
    ([$next:ident $($rest:ident)*] $($before:tt)*) => { $next! { [$($rest)*] $($before)*

    /// As it is to be.
    DoctorOk = "doctor-ok",
    /// Worth a look.
    DoctorLook = "doctor-look",
    /// Something is wrong.
    DoctorFault = "doctor-fault",
    /// In front of the check `bluetooth`.
    DoctorBluetooth = "doctor-bluetooth",
    /// In front of the check `strap`.
    DoctorStrap = "doctor-strap",
    /// In front of the check `notifications`.
    DoctorNotifications = "doctor-notifications",
    /// In front of the check `presence`.
    DoctorPresence = "doctor-presence",
    /// In front of the check `microphone`.
    DoctorMicrophone = "doctor-microphone",
    /// In front of the check `camera`.
    DoctorCamera = "doctor-camera",
    /// In front of the check `sharing`.
    DoctorSharing = "doctor-sharing",
    /// In front of the check `full_screen`.
    DoctorFullScreen = "doctor-full-screen",
    /// In front of the check `do_not_disturb`.
    DoctorDoNotDisturb = "doctor-do-not-disturb",
    /// In front of the check `inhibited`.
    DoctorInhibited = "doctor-inhibited",
    /// In front of the check `page`.
    DoctorPage = "doctor-page",
    /// In front of the check `voice`.
    DoctorVoice = "doctor-voice",
    /// In front of the check `service`.
    DoctorService = "doctor-service",
    /// In front of the check `config`.
    DoctorConfig = "doctor-config",
    /// In front of the check `practices`.
    DoctorPractices = "doctor-practices",
    /// In front of the check `store`.
    DoctorStore = "doctor-store",
    /// Bluetooth can be used.
    BluetoothFine = "bluetooth-fine",
    /// No Bluetooth service runs.
    BluetoothStopped = "bluetooth-stopped",
    /// What to do about it.
    BluetoothStart = "bluetooth-start",
    /// There is no adapter.
    BluetoothNoAdapter = "bluetooth-no-adapter",
    /// What to do about it.
    BluetoothPlugIn = "bluetooth-plug-in",
    /// The adapter is off.
    BluetoothOff = "bluetooth-off",
    /// What to do about it.
    BluetoothSwitchOn = "bluetooth-switch-on",
    /// There is no system bus.
    BluetoothNoBus = "bluetooth-no-bus",
    /// What to do about it.
    BluetoothSeeBus = "bluetooth-see-bus",
    /// Bluetooth does not answer.
    BluetoothSilent = "bluetooth-silent",
    /// What to do about it.
    BluetoothSeeService = "bluetooth-see-service",
    /// A strap without a name.
    StrapUnnamed = "strap-unnamed",
    /// It is being connected: `name`.
    StrapConnecting = "strap-connecting",
    /// It is let go: `name`.
    StrapReleased = "strap-released",
    /// It sends nothing: `name`.
    StrapSilent = "strap-silent",
    /// It cannot be reached: `name`.
    StrapNoBluetooth = "strap-no-bluetooth",
    /// It is out of reach: `name`.
    StrapAway = "strap-away",
    /// It streams: `name`.
    StrapStreams = "strap-streams",
    /// It streams with gaps: `name`.
    StrapGaps = "strap-gaps",
    /// It feels no skin: `name`.
    StrapNoSkin = "strap-no-skin",
    /// How it is, and its battery: `says`, `level`.
    StrapBattery = "strap-battery",
    /// None was found.
    StrapNotFound = "strap-not-found",
    /// None is known.
    StrapNotKnown = "strap-not-known",
    /// One is known, and no daemon runs to tell of it.
    StrapKnown = "strap-known",
    /// What to do: look for one.
    StrapFind = "strap-find",
    /// What to do: skin contact.
    StrapSkin = "strap-skin",
    /// What to do: bring it into reach.
    StrapNear = "strap-near",
    /// What to do: another battery.
    StrapNewBattery = "strap-new-battery",
    /// What to do: see to Bluetooth first.
    SeeBluetooth = "see-bluetooth",
    /// What to do: see to the configuration first.
    SeeConfig = "see-config",
    /// They are shown: by `server`.
    NotificationsShown = "notifications-shown",
    /// They are shown without buttons: by `server`.
    NotificationsPlain = "notifications-plain",
    /// What shows them has no name.
    NotificationsUnnamed = "notifications-unnamed",
    /// What shows them starts with the first one.
    NotificationsStartable = "notifications-startable",
    /// Nothing shows them.
    NotificationsMissing = "notifications-missing",
    /// What to do about it.
    NotificationsInstall = "notifications-install",
    /// What shows them does not answer.
    NotificationsSilent = "notifications-silent",
    /// What to do about it.
    NotificationsRestart = "notifications-restart",
    /// There is no session bus.
    NoSession = "no-session",
    /// What to do about it.
    WithinSession = "within-session",
    /// Hands and lock are told of: by `source`, by `lock`.
    PresenceTold = "presence-told",
    /// Hands are, by `source`, and the lock is not.
    PresenceNoLock = "presence-no-lock",
    /// Only logind tells, late.
    PresenceLate = "presence-late",
    /// This desktop does not tell of hands.
    PresenceNone = "presence-none",
    /// What should tell of them does not: `source`, `problem`.
    PresenceFails = "presence-fails",
    /// Nothing tells in time.
    PresenceSilent = "presence-silent",
    /// What follows meanwhile.
    PresenceMeanwhile = "presence-meanwhile",
    /// It is so: `source`.
    ProbeYes = "probe-yes",
    /// It is not so: `source`.
    ProbeNo = "probe-no",
    /// This desktop does not tell: `problem`.
    ProbeLacking = "probe-lacking",
    /// What should tell does not: `problem`.
    ProbeSilent = "probe-silent",
    /// What follows meanwhile, and what can be done: `setting`.
    ProbeMeanwhile = "probe-meanwhile",
    /// No page can be served: `problem`.
    PageNotServed = "page-not-served",
    /// What to do about it.
    PageSeeLimits = "page-see-limits",
    /// The browser that is wanted is not there, another one is: `wanted`, `program`.
    PageOtherBrowser = "page-other-browser",
    /// What to do about it.
    PageInstallWanted = "page-install-wanted",
    /// What the page opens with: `program`.
    PageOpens = "page-opens",
    /// Nothing opens it.
    PageNoBrowser = "page-no-browser",
    /// What to do about it.
    PageInstallBrowser = "page-install-browser",
    /// Nothing is to be read aloud.
    VoiceOff = "voice-off",
    /// Whether it is to be is not known.
    VoiceUnsettled = "voice-unsettled",
    /// It is, by `module`.
    VoiceModule = "voice-module",
    /// It is, by something that does not tell its name.
    VoiceAnswers = "voice-answers",
    /// The page has to: `problem`.
    VoicePage = "voice-page",
    /// Nothing can: `problem`.
    VoiceNone = "voice-none",
    /// What to do: install it.
    VoiceInstall = "voice-install",
    /// What to do: start it anew.
    VoiceRestart = "voice-restart",
    /// What to do: say where it is.
    VoicePlace = "voice-place",
    /// The daemon runs, and does not start by itself.
    ServiceRunsOnly = "service-runs-only",
    /// What to do about it.
    ServiceEnable = "service-enable",
    /// It runs, and starts by itself.
    ServiceFine = "service-fine",
    /// It runs.
    ServiceRuns = "service-runs",
    /// It runs, and does not tell what it sees of the desk.
    ServiceSeesUntold = "service-sees-untold",
    /// Without a session bus it cannot be found.
    ServiceNoSession = "service-no-session",
    /// It does not answer.
    ServiceSilent = "service-silent",
    /// What to do about it.
    ServiceRestart = "service-restart",
    /// It ended for a fault in the configuration.
    ServiceBadConfig = "service-bad-config",
    /// What to do about it.
    ServiceMendConfig = "service-mend-config",
    /// It ended with a fault: `problem`.
    ServiceEnded = "service-ended",
    /// What to do about it.
    ServiceSeeLog = "service-see-log",
    /// It does not run.
    ServiceStopped = "service-stopped",
    /// What to do about it.
    ServiceEnableNow = "service-enable-now",
    /// It does not run, and is not installed.
    ServiceAbsent = "service-absent",
    /// What to do about it.
    ServiceInstall = "service-install",
    /// What to do where there is no systemd.
    ServiceByHand = "service-by-hand",
    /// What to do about a fault.
    ConfigSeeCheck = "config-see-check",
    /// The configuration cannot be read.
    ConfigUnread = "config-unread",
    /// It allows many offers: `path`, `most`.
    ConfigMany = "config-many",
    /// What to think about: `most`.
    ConfigFewer = "config-fewer",
    /// It is fine, and the daemon still sees a fault: `path`, `problem`.
    ConfigBehind = "config-behind",
    /// What to do about it.
    ConfigReload = "config-reload",
    /// It is fine: `path`.
    ConfigFine = "config-fine",
    /// There is none: `path`.
    ConfigAbsent = "config-absent",
    /// What to do about a disk that does not answer.
    SeeDisk = "see-disk",
    /// Practices of their own cannot be read.
    PracticesUnread = "practices-unread",
    /// Which practices there are: `count` of their own.
    PracticesFine = "practices-fine",
    /// Some cannot be used: `count`, `problem`.
    PracticesFaulty = "practices-faulty",
    /// What to do about it.
    PracticesSeeList = "practices-see-list",
    /// What is stored: `path`, `size`.
    StoreFine = "store-fine",
    /// Nothing is: `path`.
    StoreEmpty = "store-empty",
    /// So many kilobytes: `count`.
    SizeKilo = "size-kilo",
    /// So many megabytes: `count`.
    SizeMega = "size-mega",
    /// It cannot be read.
    StoreUnread = "store-unread",
    /// Nothing says where it belongs.
    StoreNowhere = "store-nowhere",
    /// What to do about it.
    StoreSetHome = "store-set-home",
    /// It cannot be written: `path`.
    StoreUnwritable = "store-unwritable",
    /// What to do about it.
    StoreOwn = "store-own",
    /// It is read-only: `path`.
    StoreReadOnly = "store-read-only",
    /// What to do about it.
    StoreMakeWritable = "store-make-writable",
    /// There is no room: `path`.
    StoreFull = "store-full",
    /// What to do about it.
    StoreFree = "store-free",
    /// Another program has it: `path`.
    StoreBusy = "store-busy",
    /// What to do about it.
    StoreClose = "store-close",
    /// It is damaged: `path`.
    StoreCorrupt = "store-corrupt",
    /// What becomes of it.
    StoreBegunAnew = "store-begun-anew",
    /// Another kindbeat wrote it: `path`, `found`, `known`.
    StoreVersion = "store-version",
    /// What to do about it.
    StoreSameKindbeat = "store-same-kindbeat",
    /// It cannot be used: `path`, `problem`.
    StoreUnusable = "store-unusable",
    /// What to do about it.
    StoreMove = "store-move",

    } };
}
