//! One connection to speech-dispatcher: what is asked, and what is answered ("SSIP: Speech Synthesis Interface Protocol").

use std::path::Path;
use std::time::Duration;

use tokio::io::AsyncBufReadExt;
use tokio::io::AsyncReadExt;
use tokio::io::AsyncWriteExt;
use tokio::io::BufReader;
use tokio::net::UnixStream;
use tokio::time::timeout;

use super::Error;
use super::Utterance;

/// A connection that has said who it is.
#[derive(Debug)]
pub(super) struct Connection {
    stream: BufReader<UnixStream>,
    /// What was set last.
    language: String,
    volume: Option<u8>,
}

impl Connection {
    pub(super) async fn open(path: &Path) -> Result<Self, Error> {
        let connected = timeout(LIMIT, UnixStream::connect(path)).await;
        let stream = connected.map_err(|_| Error::Silent)?.map_err(Error::Unreachable)?;
        let stream = BufReader::with_capacity(LONGEST, stream);
        let mut connection = Self { stream, language: String::new(), volume: None };
        connection.ask(&format!("SET SELF CLIENT_NAME {}:kindbeat:break", user())).await?;
        Ok(connection)
    }

    /// Says it, in place of what is being said.
    pub(super) async fn say(&mut self, utterance: &Utterance) -> Result<(), Error> {
        self.ask("CANCEL SELF").await?;
        // A voice it has not, or a volume it does not take, is no reason to be silent.
        if self.language != utterance.language && is_tag(&utterance.language) {
            tolerate(self.ask(&format!("SET SELF LANGUAGE {}", utterance.language)).await)?;
            self.language.clone_from(&utterance.language);
        }
        if self.volume != Some(utterance.volume) {
            let volume = i32::from(utterance.volume.min(100)) * 2 - 100;
            tolerate(self.ask(&format!("SET SELF VOLUME {volume}")).await)?;
            self.volume = Some(utterance.volume);
        }
        self.ask("SPEAK").await?;
        self.ask(&data(&utterance.text)).await
    }

    /// Stops at once, and takes its leave.
    pub(super) async fn stop(mut self) -> Result<(), Error> {
        self.ask("CANCEL SELF").await?;
        self.ask("QUIT").await
    }

    /// Asks one thing and waits for its answer, but not for ever.
    async fn ask(&mut self, line: &str) -> Result<(), Error> {
        let asked = async {
            let line = format!("{line}\r\n");
            self.stream.write_all(line.as_bytes()).await.map_err(Error::Unreachable)?;
            self.answer().await
        };
        timeout(LIMIT, asked).await.map_err(|_| Error::Silent)?
    }

    async fn answer(&mut self) -> Result<(), Error> {
        for _ in 0..MOST_LINES {
            let line = self.line().await?;
            let (Some(code), more) = (line.get(..3), line.get(3..4) == Some("-")) else {
                return Err(Error::Strange);
            };
            match (code.parse::<u16>(), more) {
                // What happens to what is being said, and lines before the last one.
                (Ok(700..=799), _) | (Ok(100..=699), true) => {}
                (Ok(100..=299), false) => return Ok(()),
                (Ok(300..=699), false) => {
                    let said = line.chars().filter(|it| !it.is_control()).collect();
                    return Err(Error::Refused(said));
                }
                _ => return Err(Error::Strange),
            }
        }
        Err(Error::Strange)
    }

    /// One line, no longer than one is.
    async fn line(&mut self) -> Result<String, Error> {
        let mut line = Vec::new();
        let mut limited = (&mut self.stream).take(LONGEST as u64);
        limited.read_until(b'\n', &mut line).await.map_err(Error::Unreachable)?;
        match line.last() {
            Some(b'\n') => Ok(String::from_utf8_lossy(&line).trim_end().to_owned()),
            None => Err(Error::Unreachable(std::io::ErrorKind::UnexpectedEof.into())),
            Some(_) => Err(Error::Strange),
        }
    }
}

fn tolerate(answer: Result<(), Error>) -> Result<(), Error> {
    match answer {
        Err(Error::Refused(_)) => Ok(()),
        answer => answer,
    }
}

/// The words as they are sent: line by line, a point more where a line begins with one, and a point alone at the end.
fn data(text: &str) -> String {
    let mut data = String::new();
    for line in text.lines() {
        if line.starts_with('.') {
            data.push('.');
        }
        data.extend(line.chars().filter(|character| !character.is_control()));
        data.push_str("\r\n");
    }
    data.push('.');
    data
}

/// Whether it is a tag of a language, and nothing that could be another command.
fn is_tag(language: &str) -> bool {
    (1..=35).contains(&language.len())
        && language.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

/// Who we are, for the server's own list; letters and digits only, since the name is a part of a command.
fn user() -> String {
    let user: String = std::env::var("USER").unwrap_or_default();
    let user: String = user.chars().filter(char::is_ascii_alphanumeric).take(32).collect();
    if user.is_empty() { "user".to_owned() } else { user }
}

/// How long an answer may take: milliseconds when well.
const LIMIT: Duration = Duration::from_secs(2);
/// In bytes: far longer than any answer.
const LONGEST: usize = 1_024;
const MOST_LINES: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_cannot_end_themselves_or_become_commands() {
        assert_eq!(data("Hello.\n.\n..b\r\nQUIT"), "Hello.\r\n..\r\n...b\r\nQUIT\r\n.");
        assert_eq!(data(""), ".");
        assert_eq!(data("a\u{1b}[2Jb"), "a[2Jb\r\n.");
        assert_eq!(data("a\rQUIT\r\n"), "aQUIT\r\n.");
    }

    #[test]
    fn a_language_is_a_tag() {
        for tag in ["en", "de-AT", "sr-Latn"] {
            assert!(is_tag(tag), "{tag}");
        }
        for other in ["", "en\r\nQUIT", "en_GB", "e n", &"e".repeat(100)] {
            assert!(!is_tag(other), "{other:?}");
        }
    }
}
