//! What holds of any bytes taken for an access log; called by the fuzz target and by the test that replays its corpus.

use gg_simulator::log::LogReader;
use gg_simulator::replay::Replay;

/// Reads the bytes as a log, scores what can be read, and writes each entry again.
///
/// # Panics
/// Where an entry is written otherwise than it was read, or a score is no chance.
pub(crate) fn holds(bytes: &[u8]) {
    let (mut reader, mut replay) = (LogReader::new(bytes), Replay::default());
    while let Ok(Some(entry)) = reader.next_entry() {
        let mut written = Vec::new();
        entry.write(&mut written).expect("a Vec takes all");
        let again = LogReader::new(written.as_slice())
            .next_entry()
            .expect("what was written is read")
            .expect("one line");
        assert_eq!(again, entry);
        let judged = replay.judge(&entry.access());
        assert!(judged.score.is_none_or(|score| (0.0..=1.0).contains(&score.p) && score.z.is_finite()));
    }
}
