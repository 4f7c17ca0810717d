//! What holds of any bytes taken for a guest list; called by the fuzz target and by the test that replays its corpus.

use gg_app::guest_list::{Answer, Known, Opening, export, parse, plan};
use gg_domain::id::GuestId;
use uuid::Uuid;

/// Reads the bytes; whatever was understood is imported twice, exported and imported again.
///
/// # Panics
/// Where a second import or the import of an export would change anything.
pub(crate) fn holds(bytes: &[u8]) {
    let Ok(parsed) = parse(bytes, &[]) else { return };
    assert_eq!(parsed.errors.is_empty(), parsed.rows_refused == 0);

    let first = plan(&parsed, &[]);
    assert_eq!(first.create.len(), parsed.rows.len());
    let named: Vec<GuestId> = parsed.rows.iter().filter_map(|row| row.id).collect();
    let new_ids = (1..).map(Uuid::from_u128).map(GuestId::from_uuid).filter(|id| !named.contains(id));
    let known: Vec<_> = new_ids.zip(first.create).map(|(id, new)| Known { id, guest: new.guest }).collect();
    let again = plan(&parsed, &known);
    assert_eq!((again.create.len(), again.update.len()), (0, 0), "the second import changes something");

    let exported = export(known.iter().map(|known| (known, Answer::default())), Opening::Mark);
    let back = parse(&exported, &[]).expect("an export is a list");
    assert_eq!(back.errors, [], "an export has no faults");
    let third = plan(&back, &known);
    assert_eq!((third.create.len(), third.update.len()), (0, 0), "the import of an export changes something");
}
