//! What PipeWire does, reported by `pw-dump`, which is installed wherever PipeWire is; its library would need a C compiler and its
//! headers.

mod graph;
mod objects;

use tokio::process::Command;

use crate::desktop::child::Running;
use crate::desktop::facts::FactSource;
use crate::desktop::place::Place;
use crate::desktop::report::NoAnswer;
use crate::desktop::report::Reporter;
use crate::desktop::report::SourceName;
use kindbeat_core::context::Fact;
use kindbeat_core::words::Message;

use graph::Graph;
use graph::InUse;
use objects::Objects;
use objects::Piece;

pub(in crate::desktop) const SOURCES: &[FactSource] = &[FactSource {
    name: SourceName::Own("PipeWire"),
    facts: &[Fact::Microphone, Fact::Camera, Fact::Sharing],
    follow: |place, reporter| Box::pin(follow(place, reporter)),
}];

/// Reports what is in use, for as long as PipeWire can be followed.
async fn follow(place: &Place, reporter: &Reporter) -> Result<(), NoAnswer> {
    let mut command = Command::new(place.pipewire()?);
    command.arg("--monitor");
    command.envs(place.runtime.iter().map(|runtime| ("XDG_RUNTIME_DIR", runtime)));
    let mut dump = Running::start(PW_DUMP, &mut command)?;
    let (mut objects, mut graph) = (Objects::default(), Graph::default());
    let mut buffer = vec![0; BUFFER];
    let mut reported: Option<InUse> = None;
    loop {
        let length = dump.read(&mut buffer).await?;
        if length == 0 {
            // PipeWire went away or does not answer.
            return Err(NoAnswer::program(Message::SourceProgramEnded, PW_DUMP));
        }
        let mut is_whole = false;
        objects
            .read(&buffer[..length], |piece| match piece {
                Piece::Object(object) => graph.take(object),
                Piece::End => {
                    is_whole = true;
                    Ok(())
                }
            })
            .map_err(|_| NoAnswer::program(Message::SourceProgramStrange, PW_DUMP))?;
        // What belongs together comes in one list: in its middle a link may be there and its end not yet.
        if is_whole && reported != Some(graph.in_use()) {
            let in_use = graph.in_use();
            reported = Some(in_use);
            let InUse { microphone, camera, sharing } = in_use;
            let answers =
                [(Fact::Microphone, microphone), (Fact::Camera, camera), (Fact::Sharing, sharing)];
            reporter.report_all(answers.map(|(fact, is_so)| (fact, Ok(is_so).into())).into()).await;
        }
    }
}

/// The program that asks PipeWire.
const PW_DUMP: &str = "pw-dump";

/// So much is read at once, of the 50 to 500 kB that come first.
const BUFFER: usize = 4096;
