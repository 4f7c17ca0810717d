//! Import: choose, check, map, confirm.

use axum::http::StatusCode;
use gg_domain::actor::Permission;
use jiff::SignedDuration;

use crate::stage::{Browser, Stage, pages};

async fn guests(stage: &Stage, event: gg_domain::id::EventId) -> Vec<String> {
    let paging = gg_store::Paging { after: None, limit: 200 };
    let filter = gg_store::GuestFilter::default();
    let (page, _) = stage.app.guests(stage.may(Permission::ReadGuests), event, filter, paging).await.unwrap();
    page.rows.into_iter().map(|guest| guest.name.as_str().to_string()).collect()
}

/// The name of the kept upload in the address that an upload leads to.
async fn sent(browser: &Browser, path: &str, file: &[u8]) -> (String, String) {
    let location = browser.upload(path, None, file).await.location().to_string();
    let id = location.rsplit('=').next().unwrap().to_string();
    (location, id)
}

pages! {
    async fn a_file_is_seen_before_it_is_written_and_written_once(stage: Stage) {
        let event = stage.event().await;
        let ama = stage.ama().await;
        let path = format!("/events/{event}/import");
        ama.open(&path).await.shows("Choose a CSV file");
        let (check, id) = sent(&ama, &path, "Name;E-Mail;Colour\nEfua;efua@example.org;green\nKojo;;red\n".as_bytes()).await;

        let page = ama.open(&check).await;
        page.shows("guests.csv").shows("semicolons").shows("efua@example.org").shows("Add 2 guests");
        page.shows("Colour");
        assert_eq!(guests(&stage, event).await, [""; 0]);

        let confirm = [("upload", id.as_str())];
        let done = ama.post(&format!("{path}/confirm"), &confirm).await.location().to_string();
        ama.open(&done).await.shows("2 guests added");
        ama.post(&format!("{path}/confirm"), &confirm).await.location();
        assert_eq!(guests(&stage, event).await, ["Efua", "Kojo"]);
    }

    async fn bad_rows_are_named_by_line_and_the_rest_is_written_where_asked(stage: Stage) {
        let event = stage.event().await;
        let ama = stage.ama().await;
        let path = format!("/events/{event}/import");
        let (check, id) = sent(&ama, &path, b"name,email\nEfua,efua@example.org\nKojo,nowhere\n,x@example.org\n").await;

        let page = ama.open(&check).await;
        page.shows("2 rows can’t be read").shows("Line 3").shows("Line 4").shows("name=\"skip_invalid\" value=\"true\"");
        let done =
            ama.post(&format!("{path}/confirm"), &[("upload", &id), ("skip_invalid", "true")]).await;
        ama.open(done.location()).await.shows("1 guest added");
        assert_eq!(guests(&stage, event).await, ["Efua"]);
    }

    async fn columns_that_nobody_can_tell_are_said_by_the_organiser(stage: Stage) {
        let event = stage.event().await;
        let ama = stage.ama().await;
        let path = format!("/events/{event}/import");
        let (check, id) = sent(&ama, &path, b"Who,Colour,Mail\nEfua,vegan,efua@example.org\n").await;
        ama.open(&check).await.shows("<option value=\"email\" selected>");
        ama.open(&check).await.shows("No column is called a name").shows("name=\"map_0\"").shows("Efua").hides("Add ");

        let map = [("upload", id.as_str()), ("map_0", "name"), ("map_1", ""), ("map_2", "email")];
        assert_eq!(ama.post(&format!("{path}/map"), &map).await.location(), check);
        ama.open(&check).await.shows("Add 1 guest<").shows("efua@example.org").hides("<td dir=\"auto\">vegan");
        ama.post(&format!("{path}/confirm"), &[("upload", &id)]).await.location();
        assert_eq!(guests(&stage, event).await, ["Efua"]);
    }

    async fn of_two_columns_of_one_name_the_organiser_chooses(stage: Stage) {
        let event = stage.event().await;
        let ama = stage.ama().await;
        let path = format!("/events/{event}/import");
        let (check, id) = sent(&ama, &path, b"name,email,E-Mail\nEfua,a@example.org,b@example.org\n").await;
        ama.open(&check).await.shows("Two columns would be the same").shows("name=\"map_2\"");

        let map = [("upload", id.as_str()), ("map_0", "name"), ("map_1", ""), ("map_2", "email")];
        ama.post(&format!("{path}/map"), &map).await.location();
        ama.open(&check).await.shows("<td dir=\"auto\">b@example.org").shows("Add 1 guest<");
    }

    async fn a_column_can_be_left_out(stage: Stage) {
        let event = stage.event().await;
        let ama = stage.ama().await;
        let path = format!("/events/{event}/import");
        let (check, id) = sent(&ama, &path, b"name,email\nEfua,efua@example.org\n").await;
        let map = [("upload", id.as_str()), ("map_0", "name"), ("map_1", "")];
        ama.post(&format!("{path}/map"), &map).await.location();

        let page = ama.open(&check).await;
        page.hides("<td dir=\"auto\">efua@example.org");
    }

    async fn what_is_no_list_is_refused_with_a_reason(stage: Stage) {
        let event = stage.event().await;
        let ama = stage.ama().await;
        let path = format!("/events/{event}/import");
        let page = ama.upload(&path, None, b"").await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        page.shows("role=\"alert\"");
        let page = ama.upload(&path, None, &vec![b'x'; 10 * 1024 * 1024 + 1]).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        page.shows("Choose a CSV file");
        let (check, _) = sent(&ama, &path, b"PK\x03\x04 a spreadsheet").await;
        ama.open(&check).await.shows("role=\"alert\"").shows("Choose a CSV file");
    }

    async fn a_file_that_is_gone_is_asked_for_again(stage: Stage) {
        let event = stage.event().await;
        let ama = stage.ama().await;
        let path = format!("/events/{event}/import");
        let (check, id) = sent(&ama, &path, b"name\nEfua\n").await;
        stage.db.clock.advance(SignedDuration::from_mins(31));

        ama.open(&check).await.shows("The file is no longer here");
        ama.post(&format!("{path}/confirm"), &[("upload", &id)]).await.location();
        assert!(guests(&stage, event).await.is_empty());
    }

    async fn nobody_finishes_another_s_import(stage: Stage) {
        let event = stage.event().await;
        let ama = stage.ama().await;
        let editor = stage.member(event, gg_domain::actor::Role::Editor).await;
        let path = format!("/events/{event}/import");
        let (check, id) = sent(&ama, &path, b"name\nEfua\n").await;

        editor.open(&check).await.hides("Efua").shows("The file is no longer here");
        editor.post(&format!("{path}/confirm"), &[("upload", &id)]).await.location();
        assert!(guests(&stage, event).await.is_empty());
    }
}
