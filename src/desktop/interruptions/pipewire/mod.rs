//! What PipeWire does, told by `pw-dump`, which is installed wherever PipeWire is; its library would need a C compiler and its
//! headers.

mod graph;
mod objects;

use std::convert::Infallible;
use std::path::PathBuf;

use tokio::process::Command;

use super::child::Running;
use super::place::Place;
use super::report::Silence;
use super::report::Teller;
use kindbeat_core::context::Fact;

use graph::Graph;
use graph::InUse;
use objects::Objects;
use objects::Piece;

/// Tells until PipeWire, or its program, is gone.
pub(super) async fn watch(place: &Place, teller: Teller) {
    let followed = match place.pipewire() {
        Ok(program) => follow(program, place, &teller).await,
        Err(silence) => Err(silence),
    };
    let Err(silence) = followed;
    let facts = [Fact::Microphone, Fact::Camera, Fact::Sharing];
    teller.tell_all(facts.map(|fact| (fact, Err(silence.clone()).into())).into()).await;
}

/// Tells what is in use, for as long as PipeWire can be followed.
async fn follow(program: PathBuf, place: &Place, teller: &Teller) -> Result<Infallible, Silence> {
    let mut command = Command::new(program);
    command.arg("--monitor");
    command.envs(place.runtime.iter().map(|runtime| ("XDG_RUNTIME_DIR", runtime)));
    let mut dump = Running::start("pw-dump", &mut command)?;
    let (mut objects, mut graph) = (Objects::default(), Graph::default());
    let mut buffer = vec![0; BUFFER];
    let mut told: Option<InUse> = None;
    loop {
        let length = dump.read(&mut buffer).await?;
        if length == 0 {
            return Err(Silence::broken("pw-dump ended: PipeWire went away or does not answer"));
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
            .map_err(|fault| {
                Silence::Broken(format!("pw-dump says what cannot be read: {fault}"))
            })?;
        // What belongs together comes in one list: in its middle a link may be there and its end not yet.
        if is_whole && told != Some(graph.in_use()) {
            let in_use = graph.in_use();
            told = Some(in_use);
            let InUse { microphone, camera, sharing } = in_use;
            let said =
                [(Fact::Microphone, microphone), (Fact::Camera, camera), (Fact::Sharing, sharing)];
            teller.tell_all(said.map(|(fact, is_so)| (fact, is_so.into())).into()).await;
        }
    }
}

/// So much is read at once, of the 50 to 500 kB that are told first.
const BUFFER: usize = 4096;
