use std::time::Duration;

use tempfile::TempDir;
use tokio::io::AsyncBufReadExt as _;
use tokio::io::AsyncWriteExt as _;
use tokio::io::BufReader;
use tokio::net::UnixListener;
use tokio::time::timeout;

use super::*;

/// A stand-in for the server.
struct Stand {
    folder: TempDir,
    listener: UnixListener,
}

impl Stand {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let listener = UnixListener::bind(folder.path().join("s")).unwrap();
        Self { folder, listener }
    }

    fn address(&self) -> PathBuf {
        self.folder.path().join("s")
    }

    /// Takes the next connection and answers each line with what `answers` has for what it begins with, else as the real one
    /// does; all that was asked until it was closed, or until an answer ends with `HANGUP`.
    async fn serve(&self, answers: &[(&str, &str)]) -> Vec<String> {
        let (stream, _) = soon(self.listener.accept()).await.unwrap();
        let mut stream = BufReader::new(stream);
        let (mut asked, mut spoken) = (Vec::new(), false);
        loop {
            let mut line = String::new();
            if soon(stream.read_line(&mut line)).await.unwrap_or(0) == 0 {
                return asked;
            }
            let line = line.trim_end_matches("\r\n").to_owned();
            asked.push(line.clone());
            if spoken && line != "." {
                continue;
            }
            let usual = match line.as_str() {
                "." => "225-21\r\n225 OK MESSAGE QUEUED\r\n",
                "SPEAK" => "230 OK RECEIVING DATA\r\n",
                "QUIT" => "231 HAPPY HACKING\r\n",
                "CANCEL self" => "213 OK CANCELED\r\n",
                line if line.contains(" LANGUAGE ") => "201 OK LANGUAGE SET\r\n",
                line if line.contains(" VOLUME ") => "218 OK VOLUME SET\r\n",
                _ => "208 OK CLIENT NAME SET\r\n",
            };
            spoken = line == "SPEAK";
            let own = answers.iter().find(|(begin, _)| line.starts_with(*begin));
            let answer = own.map_or(usual, |(_, answer)| answer);
            let hangs_up = answer.ends_with("HANGUP");
            let written = stream.write_all(answer.trim_end_matches("HANGUP").as_bytes()).await;
            // Whoever gives up waits for no answer.
            if hangs_up || written.is_err() {
                return asked;
            }
        }
    }
}

async fn soon<T>(future: impl Future<Output = T>) -> T {
    timeout(Duration::from_secs(30), future).await.expect("nothing happens")
}

async fn speaks(events: &mut mpsc::Receiver<SpeechEvent>) -> bool {
    matches!(soon(events.recv()).await, Some(SpeechEvent::Speaking))
}

fn words(text: &str) -> Utterance {
    Utterance { text: text.to_owned(), language: "en".to_owned(), volume: 75 }
}

#[tokio::test]
async fn what_is_wished_is_said_and_stopped() {
    let stand = Stand::new();
    let (voice, mut events, _) = Speaker::start(Some(stand.address()));
    // Nothing is being said: no connection is made for that.
    voice.stop();
    voice.say(words("One.\n.two"));
    let wishes = async {
        assert!(speaks(&mut events).await);
        voice.stop();
    };
    let (asked, ()) = tokio::join!(stand.serve(&[]), wishes);
    let [name, rest @ ..] = asked.as_slice() else { panic!("{asked:?}") };
    assert!(name.starts_with("SET self CLIENT_NAME ") && name.ends_with(":kindbeat:break"));
    let expected = [
        "CANCEL self",
        "SET self LANGUAGE en",
        "SET self VOLUME 50",
        "SPEAK",
        "One.",
        "..two",
        ".",
        "CANCEL self",
        "QUIT",
    ];
    assert_eq!(rest, expected);
}

#[tokio::test]
async fn a_language_or_volume_it_has_not_is_no_reason_to_be_silent() {
    let stand = Stand::new();
    let (voice, mut events, _) = Speaker::start(Some(stand.address()));
    voice.say(words("One."));
    let answers = [
        ("SET self LANGUAGE", "408 ERR NO SUCH LANGUAGE\r\n"),
        ("SET self VOLUME", "412 ERR VOLUME TOO HIGH\r\n"),
        ("QUIT", "HANGUP"),
    ];
    let wishes = async {
        assert!(speaks(&mut events).await, "loud or not, it is said");
        drop(voice);
    };
    tokio::join!(stand.serve(&answers), wishes);
}

#[tokio::test]
async fn every_fault_is_told_once_and_forgotten_when_it_speaks_again() {
    let long = format!("{}\r\n", "2".repeat(5_000));
    let endless = "208-x\r\n".repeat(100);
    let faults = [
        ("SPEAK", "300 ERR INTERNAL\r\n", "refuses: 300 INTERNAL"),
        (".", "402 ERR \u{1b}[2J\r\n", "refuses: 402 [2J"),
        ("SET self CLIENT_NAME", "500 ERR INVALID COMMAND\r\n", "refuses: 500"),
        ("CANCEL", "HANGUP", "hung up"),
        ("CANCEL", "HTTP/1.1 400 Bad Request\r\n", "something else"),
        ("CANCEL", "\r\n", "something else"),
        ("CANCEL", "\u{e4}\u{e4} c\r\n", "something else"),
        ("CANCEL", "999 c\r\n", "something else"),
        ("CANCEL", long.as_str(), "something else"),
        ("CANCEL", endless.as_str(), "something else"),
    ];
    for (begin, answer, told) in faults {
        let stand = Stand::new();
        let (voice, mut events, _) = Speaker::start(Some(stand.address()));
        // The second time it is after a stop, as in another break: there it is told anew.
        for _ in 0..2 {
            voice.say(words("One."));
            stand.serve(&[(begin, answer)]).await;
            let Some(SpeechEvent::Failed(error)) = soon(events.recv()).await else {
                panic!("{begin}")
            };
            assert!(error.to_string().contains(told), "{begin}: {error}");
            voice.stop();
            tokio::task::yield_now().await;
        }
        for _ in 0..2 {
            voice.say(words("One."));
            stand.serve(&[(begin, answer)]).await;
        }
        assert!(matches!(soon(events.recv()).await, Some(SpeechEvent::Failed(_))), "{begin}");
        voice.say(words("Two."));
        let wishes = async {
            assert!(speaks(&mut events).await, "{begin}");
            voice.stop();
        };
        tokio::join!(stand.serve(&[]), wishes);
    }
}

#[tokio::test]
async fn what_speaks_for_a_server_is_asked_and_nothing_is_said() {
    for (answer, module) in [
        ("251-espeak\u{7}-ng\r\n251 OK GET RETURNED\r\n", Ok(Some("espeak-ng".to_owned()))),
        ("251-\r\n251 OK GET RETURNED\r\n", Ok(None)),
        ("500 ERR INVALID COMMAND\r\n", Ok(None)),
        ("251 OK GET RETURNED\r\n", Err(())),
        ("208 OK CLIENT NAME SET\r\n", Err(())),
        ("HANGUP", Err(())),
    ] {
        let stand = Stand::new();
        let address = stand.address();
        let answers = [("GET OUTPUT_MODULE", answer)];
        let (asked, told) = tokio::join!(stand.serve(&answers), ask(Some(&address)));
        assert!(!asked.contains(&"SPEAK".to_owned()), "{asked:?}");
        assert_eq!(
            told.map_err(|error| assert!(matches!(error, SpeechError::Malformed), "{error}")),
            module
        );
    }
    let folder = tempfile::tempdir().unwrap();
    let none = ask(Some(&folder.path().join("none"))).await;
    assert!(matches!(none, Err(SpeechError::Unreachable(_))), "{none:?}");
    assert!(matches!(ask(None).await, Err(SpeechError::NoAddress)));
}

#[tokio::test(start_paused = true)]
async fn a_server_that_does_not_answer_delays_nothing() {
    let stand = Stand::new();
    let address = stand.address();
    assert!(matches!(ask(Some(&address)).await, Err(SpeechError::NoReply)));
}

#[tokio::test(start_paused = true)]
async fn a_server_that_does_not_answer_is_not_waited_for() {
    let stand = Stand::new();
    let (voice, mut events, _) = Speaker::start(Some(stand.address()));
    voice.say(words("One."));
    let Some(SpeechEvent::Failed(error)) = events.recv().await else { panic!("it speaks") };
    assert!(matches!(error, SpeechError::NoReply), "{error}");
}

#[tokio::test]
async fn where_there_is_no_server_that_is_told() {
    let folder = tempfile::tempdir().unwrap();
    for (address, told) in [
        (Some(folder.path().join("none")), "cannot be reached"),
        (None, "no speech-dispatcher can be found"),
    ] {
        let (voice, mut events, _) = Speaker::start(address);
        voice.say(words("One."));
        let Some(SpeechEvent::Failed(error)) = soon(events.recv()).await else {
            panic!("it speaks")
        };
        assert!(error.to_string().contains(told), "{error}");
    }
}

#[tokio::test]
async fn a_server_that_came_anew_is_found() {
    let stand = Stand::new();
    let (voice, mut events, _) = Speaker::start(Some(stand.address()));
    voice.say(words("One."));
    let first = stand.serve(&[(".", "225-1\r\n225 OK\r\nHANGUP")]).await;
    assert!(first.contains(&"One.".to_owned()));
    voice.say(words("Two."));
    let wishes = async {
        assert!(speaks(&mut events).await);
        drop(voice);
    };
    let (second, ()) = tokio::join!(stand.serve(&[("QUIT", "HANGUP")]), wishes);
    assert!(second.contains(&"Two.".to_owned()), "{second:?}");
    assert!(soon(events.recv()).await.is_none(), "nothing was amiss");
}

#[test]
fn only_a_server_on_this_machine_is_asked() {
    let address = |named: Option<&str>, runtime: Option<&str>| {
        address_in(named.map(Into::into), runtime.map(Into::into))
    };
    let path = |path: &str| Some(PathBuf::from(path));
    let usual = path("/run/user/1/speech-dispatcher/speechd.sock");
    assert_eq!(address(None, Some("/run/user/1")), usual);
    assert_eq!(address(Some(""), Some("/run/user/1")), usual);
    assert_eq!(address(Some("unix_socket"), Some("/run/user/1")), usual);
    assert_eq!(address(Some("unix_socket:/tmp/s"), Some("/run/user/1")), path("/tmp/s"));
    assert_eq!(address(Some("unix_socket:s"), Some("/run/user/1")), None);
    assert_eq!(address(Some("inet_socket:example.org:6560"), Some("/run/user/1")), None);
    assert_eq!((address(None, None), address(None, Some("run"))), (None, None));
}
