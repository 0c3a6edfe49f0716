//! What is typed while a demonstration goes on.

use std::io;
use std::io::BufRead as _;

use tokio::sync::mpsc;

/// What is typed, line by line. The thread that waits for it ends with the program.
pub(super) fn lines() -> mpsc::Receiver<String> {
    let (lines, typed) = mpsc::channel(QUEUE);
    std::thread::spawn(move || {
        for line in io::stdin().lock().lines() {
            let Ok(line) = line else { return };
            if lines.blocking_send(line).is_err() {
                return;
            }
        }
    });
    typed
}

/// So many lines may wait; nobody types ahead further.
const QUEUE: usize = 64;
