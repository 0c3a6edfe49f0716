use std::fs;
use std::fs::Permissions;

use tempfile::TempDir;
use tokio::time::timeout;

use super::*;

/// A desktop with programs of our own making, each of which notes that it was called.
struct Desktop {
    folder: TempDir,
    opener: Opener,
}

const URL: &str = "http://127.0.0.1:1/break?once=1.2";

impl Desktop {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let opener = Opener {
            folders: vec![folder.path().to_owned()],
            detached: vec![Detached::Not],
            environment: vec![("DISPLAY".to_owned(), ":7".to_owned())],
        };
        Self { folder, opener }
    }

    /// A program that notes its name, arguments and tokens, and ends with what `script` does.
    fn has(self, name: &str, script: &str) -> Self {
        let program = self.folder.path().join(name);
        let (called, text) =
            (self.called(), "${XDG_ACTIVATION_TOKEN-none} ${DESKTOP_STARTUP_ID-none}");
        let script =
            format!("#!/bin/sh\necho {name} \"$@\" {text} >> {}\n{script}\n", called.display());
        // Moved into place when it is written: a program that is open for writing cannot be started.
        let draft = program.with_extension("draft");
        fs::write(&draft, script).unwrap();
        fs::set_permissions(&draft, Permissions::from_mode(0o755)).unwrap();
        fs::rename(draft, &program).unwrap();
        self
    }

    fn called(&self) -> PathBuf {
        self.folder.path().join("called")
    }

    /// What was called, in order.
    fn calls(&self) -> Vec<String> {
        let calls = fs::read_to_string(self.called()).unwrap_or_default();
        calls.lines().map(|line| line.replace(URL, "URL")).collect()
    }

    /// Opens the page; it is fetched as soon as a program is called whose name begins so.
    async fn open(&self, open_with: &[&str], token: Option<&str>, fetched_by: &str) -> OpenOutcome {
        let open_with: Vec<_> = open_with.iter().map(|word| (*word).to_owned()).collect();
        let (tell, fetched) = oneshot::channel();
        let browser = async {
            while !self.calls().iter().any(|call| call.starts_with(fetched_by)) {
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
            let _ = tell.send(());
            std::future::pending::<()>().await;
        };
        tokio::select! {
            outcome = self.opener.open(URL, &open_with, token, fetched) => outcome,
            () = browser => OpenOutcome::Closed,
        }
    }
}

#[tokio::test]
async fn the_first_way_that_is_fetched_is_the_last_one_gone() {
    let desktop = Desktop::new().has("chromium", "exit 0").has("xdg-open", "exit 0");
    assert_eq!(desktop.open(&[], Some("t1"), "chromium").await, OpenOutcome::Fetched);
    assert_eq!(
        desktop.calls(),
        ["chromium --incognito --app=URL --window-size=480,720 --no-first-run t1 t1"]
    );
}

#[tokio::test]
async fn a_way_that_fails_is_left_at_once() {
    let desktop = Desktop::new().has("chromium", "exit 1").has("xdg-open", "exit 0");
    let missing = ["/nowhere/browser"];
    assert_eq!(desktop.open(&missing, None, "xdg-open").await, OpenOutcome::Fetched);
    assert_eq!(
        desktop.calls(),
        [
            "chromium --incognito --app=URL --window-size=480,720 --no-first-run none none",
            "xdg-open URL none none"
        ]
    );
}

#[tokio::test]
async fn a_slow_browser_is_waited_for_and_no_other_is_started() {
    for script in ["exit 0", "exec sleep 60"] {
        let desktop = Desktop::new().has("chromium", script).has("xdg-open", "exit 0");
        let opens = desktop.open(&[], None, "xdg-open");
        assert!(timeout(Duration::from_millis(500), opens).await.is_err(), "it is waited for");
        assert_eq!(desktop.calls().len(), 1, "{script}");
        assert_eq!(desktop.open(&[], None, "chromium").await, OpenOutcome::Fetched);
    }
}

#[tokio::test]
async fn a_browser_that_hangs_ends_with_its_page() {
    let path = env::var_os("PATH").unwrap_or_default();
    let setsid = find(&env::split_paths(&path).collect::<Vec<_>>(), "setsid").unwrap();
    for detached in [Detached::Not, Detached::Session(setsid)] {
        let mut desktop = Desktop::new();
        let running = desktop.folder.path().join("running");
        desktop = desktop.has("chromium", &format!("echo $$ > {}\nsleep 600", running.display()));
        desktop.opener.detached = vec![detached];
        let (page, fetched) = oneshot::channel();
        let closes = async {
            let process = loop {
                let text = fs::read_to_string(&running).unwrap_or_default();
                if let Ok(process) = text.trim().parse::<i32>() {
                    break process;
                }
                tokio::time::sleep(Duration::from_millis(2)).await;
            };
            drop(page);
            process
        };
        let (outcome, process) = tokio::join!(desktop.opener.open(URL, &[], None, fetched), closes);
        assert_eq!(outcome, OpenOutcome::Closed);
        let stat = format!("/proc/{process}/stat");
        let ended = async {
            // One that nobody has buried yet has ended too.
            while fs::read_to_string(&stat).is_ok_and(|stat| !stat.contains(") Z ")) {
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        };
        timeout(Duration::from_secs(20), ended).await.unwrap();
    }
}

#[tokio::test]
async fn without_any_way_the_address_has_to_be_told() {
    let desktop = Desktop::new();
    assert_eq!(desktop.open(&[], None, "nothing").await, OpenOutcome::NotFetched);
}

#[tokio::test]
async fn nothing_more_is_opened_once_the_page_is_closed() {
    let desktop = Desktop::new().has("chromium", "exit 0").has("xdg-open", "exit 0");
    let (tell, fetched) = oneshot::channel();
    drop(tell);
    assert_eq!(desktop.opener.open(URL, &[], None, fetched).await, OpenOutcome::Closed);
    assert!(desktop.calls().iter().all(|call| !call.starts_with("xdg-open")));
}

#[tokio::test]
async fn a_service_of_its_own_gets_the_token_and_the_screen() {
    let run = "while [ \"$1\" != -- ]; do shift; done; shift; exec \"$@\"";
    let mut desktop = Desktop::new().has("systemd-run", run).has("chromium", "exit 0");
    let service = Detached::Service(desktop.folder.path().join("systemd-run"));
    desktop.opener.detached.insert(0, service);
    assert_eq!(desktop.open(&[], Some("t1"), "chromium").await, OpenOutcome::Fetched);
    let call = &desktop.calls()[0];
    assert!(call.contains("--setenv=DISPLAY=:7 --setenv=XDG_ACTIVATION_TOKEN=t1"), "{call}");
}

#[tokio::test]
async fn where_the_manager_fails_the_browser_is_started_all_the_same() {
    let mut desktop = Desktop::new().has("systemd-run", "exit 1").has("chromium", "exit 0");
    let service = Detached::Service(desktop.folder.path().join("systemd-run"));
    desktop.opener.detached.insert(0, service);
    assert_eq!(desktop.open(&[], None, "chromium").await, OpenOutcome::Fetched);
    assert_eq!(desktop.calls().len(), 2);
}

#[test]
fn only_what_can_be_run_is_a_program() {
    let desktop = Desktop::new().has("chromium", "exit 0");
    let folders = &desktop.opener.folders;
    fs::write(desktop.folder.path().join("brave"), "").unwrap();
    fs::create_dir(desktop.folder.path().join("vivaldi")).unwrap();
    assert!(find(folders, "chromium").is_some());
    assert_eq!(find(folders, "brave"), None);
    assert_eq!(find(folders, "vivaldi"), None);
    assert_eq!(find(folders, "/opt/b"), Some("/opt/b".into()));
}
