//! The OpenAPI document: what each handler says of itself, and what is common to all, said once here.
//!
//! Which refusals an operation can give follows from its form: who may call it, whether it has a body, a query, an id
//! in its path, an `If-Match`. So no handler lists them, and none can be forgotten.

use std::sync::OnceLock;

use axum::body::Bytes;
use gg_domain::actor::{Permission, Role};
use serde_json::{Map, Value, json};

use crate::api;
use crate::route::PERMISSION;

/// A refusal that operations share.
struct Refusal {
    status: &'static str,
    name: &'static str,
    description: &'static str,
    header: Option<(&'static str, &'static str)>,
}

/// Where the document has the form of a problem.
const PROBLEM: &str = "#/components/schemas/Problem";
const RETRY_AFTER: Option<(&str, &str)> = Some(("Retry-After", "Seconds after which to try again."));

#[rustfmt::skip]
const REFUSALS: [Refusal; 12] = [
    Refusal { status: "400", name: "Malformed", description: "The body is not JSON, or a header is not of its form.", header: None },
    Refusal { status: "401", name: "Unauthorized", description: "Nobody is signed in, or the key is none or was revoked.", header: Some(("WWW-Authenticate", "How to sign in.")) },
    Refusal { status: "403", name: "Forbidden", description: "Your role in the event, or the scope of the key, does not suffice; or a browser’s request did not prove that it came from our page.", header: None },
    Refusal { status: "404", name: "NotFound", description: "There is no such thing, or none that you may know of.", header: None },
    Refusal { status: "409", name: "Conflict", description: "It cannot be done as things stand, or a request with the same Idempotency-Key is under way.", header: None },
    Refusal { status: "412", name: "Stale", description: "It was changed in the meantime: load it again.", header: None },
    Refusal { status: "413", name: "TooLarge", description: "The body is too large.", header: None },
    Refusal { status: "415", name: "UnsupportedMediaType", description: "The body is of another media type.", header: None },
    Refusal { status: "422", name: "Invalid", description: "Something is wrong, named in `errors` one by one; or the Idempotency-Key was used for another request.", header: None },
    Refusal { status: "428", name: "IfMatchRequired", description: "If-Match is missing.", header: None },
    Refusal { status: "429", name: "TooMany", description: "Too many requests.", header: RETRY_AFTER },
    Refusal { status: "503", name: "Unavailable", description: "The database is away or has too much to do; it comes back by itself.", header: RETRY_AFTER },
];

const INTRODUCTION: &str = "Personal invitation links that tell the guest from a stranger.\n\n\
    Send an API key as `Authorization: Bearer gg_…`. Lists come in pages: ask for the next one with `cursor`. Times are \
    RFC 3339 in UTC, ids are UUIDs. Writes take an `Idempotency-Key`: the same request with the same key is done once. \
    Errors are `application/problem+json` (RFC 9457) with a stable `type`.\n\n\
    Who is not a member of an event gets 404 for all that is in it; a member whose role does not suffice gets 403.";

/// What operations are about, in the order in which they are read.
const TAGS: [(&str, &str); 9] = [
    ("Events", "When, where, for how many."),
    ("Guests", "Who is invited, and lists of them."),
    ("Links", "Each guest’s own link, and sending it."),
    ("Invites", "What the guest’s page says: that it was opened, and the answer. The link is the key."),
    ("Answers", "Who comes, with whom."),
    ("Activity", "What happens, and your word on it."),
    ("Policy", "What is done with an opening that may not be the guest’s."),
    ("Members", "Who helps with an event."),
    ("Operations", "What a supervisor asks."),
];

/// The document as JSON text, the same as the committed one.
pub fn json() -> Bytes {
    static JSON: OnceLock<Bytes> = OnceLock::new();
    let make = || {
        let mut text = serde_json::to_string_pretty(document()).expect("a JSON value is JSON text");
        text.push('\n');
        Bytes::from(text)
    };
    JSON.get_or_init(make).clone()
}

/// The document.
pub fn document() -> &'static Value {
    static DOCUMENT: OnceLock<Value> = OnceLock::new();
    DOCUMENT.get_or_init(make)
}

fn make() -> Value {
    let collected = api::routes().into_openapi();
    let mut document = serde_json::to_value(collected).expect("an OpenAPI document is JSON");
    document["openapi"] = json!("3.1.0");
    document["info"] = json!({
        "title": "GuestGuard",
        "version": env!("CARGO_PKG_VERSION"),
        "description": INTRODUCTION,
        "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
    });
    document["tags"] =
        TAGS.iter().map(|(name, description)| json!({ "name": name, "description": description })).collect();
    document["servers"] = json!([{ "url": "/" }]);
    document["components"]["securitySchemes"] = json!({
        "key": { "type": "http", "scheme": "bearer", "description": "An API key, `gg_…`." },
        "session": {
            "type": "apiKey", "in": "cookie", "name": "gg_session",
            "description": "The session of a signed-in browser; `__Host-gg_session` where the public URL is https.",
        },
    });
    document["components"]["schemas"]["Problem"] = problem_schema();
    document["components"]["responses"] = responses();
    document["components"]["parameters"] = json!({ "IdempotencyKey": idempotency_key() });
    for (path, item) in document["paths"].as_object_mut().into_iter().flatten() {
        for (method, operation) in item.as_object_mut().into_iter().flatten() {
            if let Some(operation) = operation.as_object_mut() {
                complete(path, method, operation);
            }
        }
    }
    document
}

/// Adds to an operation what is common to all of its form.
fn complete(path: &str, method: &str, operation: &mut Map<String, Value>) {
    let permission = permission(operation).unwrap_or(Permission::Public);
    let signed = !matches!(permission, Permission::Public | Permission::Link);
    for tag in operation.get_mut("tags").and_then(Value::as_array_mut).into_iter().flatten() {
        let known =
            TAGS.iter().find(|(name, _)| tag.as_str().is_some_and(|tag| tag.eq_ignore_ascii_case(name)));
        if let Some((name, _)) = known {
            *tag = (*name).into();
        }
    }
    let writes = method != "get";
    operation.insert("security".into(), security(signed));
    if signed && path.contains("{event_id}") | path.contains("{guest_id}") | path.contains("{access_id}") {
        tell_roles(permission, operation);
    } else if signed {
        tell("For any account.", permission, operation);
    }

    let mut refusals: Vec<&str> = Vec::new();
    if signed {
        refusals.extend(["401", "403", "429", "503"]);
    }
    if path.contains('{') {
        refusals.push("404");
    }
    if has_parameter(operation, |parameter| parameter["in"] == "query") {
        refusals.push("422");
    }
    if has_parameter(operation, |parameter| parameter["name"] == "If-Match") {
        refusals.extend(["412", "428"]);
    }
    if operation.contains_key("requestBody") {
        refusals.extend(["400", "413", "415", "422"]);
    }
    if writes && permission != Permission::Public {
        refusals.extend(["400", "409", "422"]);
        let parameters = operation.entry("parameters").or_insert_with(|| json!([]));
        if let Some(parameters) = parameters.as_array_mut() {
            parameters.retain(|parameter| parameter["name"] != "Idempotency-Key");
            parameters.push(json!({ "$ref": "#/components/parameters/IdempotencyKey" }));
        }
    }
    add(&refusals, operation);
}

fn add(refusals: &[&str], operation: &mut Map<String, Value>) {
    let responses = operation.entry("responses").or_insert_with(|| json!({}));
    let Some(responses) = responses.as_object_mut() else { return };
    for refusal in REFUSALS.iter().filter(|refusal| refusals.contains(&refusal.status)) {
        let shared = json!({ "$ref": format!("#/components/responses/{}", refusal.name) });
        responses.entry(refusal.status).or_insert(shared);
    }
    for (status, response) in responses.iter_mut() {
        let refusal = status.as_str() >= "400" && response.get("$ref").is_none();
        let schema = response.pointer("/content/application~1json/schema/$ref").and_then(Value::as_str);
        if refusal && schema.is_none_or(|schema| schema == PROBLEM) {
            response["content"] = problem_content();
        }
    }
}

/// What an operation's route asks of its caller ([`crate::route::route`] notes it).
pub fn permission(operation: &Map<String, Value>) -> Option<Permission> {
    let name = operation.get(PERMISSION)?.as_str()?;
    Permission::ALL.into_iter().find(|permission| format!("{permission:?}") == name)
}

fn tell_roles(permission: Permission, operation: &mut Map<String, Value>) {
    let roles: Vec<&str> =
        Role::ALL.into_iter().filter(|role| permission.allows(*role)).map(Role::as_str).collect();
    tell(&format!("For: {}.", roles.join(", ")), permission, operation);
}

fn tell(who: &str, permission: Permission, operation: &mut Map<String, Value>) {
    let scope = permission.scope().map_or("", gg_domain::actor::Scope::as_str);
    let who = format!("{who} Scope of a key: `{scope}`.");
    let said = operation.get("description").and_then(Value::as_str).unwrap_or_default();
    let all = if said.is_empty() { who } else { format!("{said}\n\n{who}") };
    operation.insert("description".into(), all.into());
}

fn has_parameter(operation: &Map<String, Value>, is: impl Fn(&Value) -> bool) -> bool {
    let parameters = operation.get("parameters").and_then(Value::as_array);
    parameters.is_some_and(|parameters| parameters.iter().any(is))
}

fn security(signed: bool) -> Value {
    if signed { json!([{ "key": [] }, { "session": [] }]) } else { json!([]) }
}

fn responses() -> Value {
    let shared = REFUSALS.iter().map(|refusal| {
        let mut response = json!({ "description": refusal.description, "content": problem_content() });
        if let Some((name, description)) = refusal.header {
            response["headers"] =
                json!({ name: { "description": description, "schema": { "type": "string" } } });
        }
        (refusal.name.to_string(), response)
    });
    Value::Object(shared.collect())
}

fn problem_content() -> Value {
    json!({ "application/problem+json": { "schema": { "$ref": PROBLEM } } })
}

fn problem_schema() -> Value {
    json!({
        "type": "object",
        "description": "Why something was refused (RFC 9457).",
        "required": ["type", "title", "status", "detail"],
        "properties": {
            "type": { "type": "string", "description": "A stable name.", "example": "urn:guestguard:problem:invalid" },
            "title": { "type": "string", "description": "What happened." },
            "status": { "type": "integer", "description": "The status code." },
            "detail": { "type": "string", "description": "What to do about it." },
            "errors": {
                "type": "array",
                "description": "What is wrong, one by one.",
                "items": {
                    "type": "object",
                    "required": ["detail"],
                    "properties": {
                        "pointer": { "type": "string", "description": "A JSON pointer (RFC 6901) to the field, or the query parameter as one." },
                        "line": { "type": "integer", "description": "Of a file: the line where the record starts, counted from 1 with the header." },
                        "column": { "type": "string", "description": "Of a file: the header’s text of the column." },
                        "detail": { "type": "string", "description": "What is wrong and what would be right." },
                    },
                },
            },
        },
    })
}

fn idempotency_key() -> Value {
    json!({
        "name": "Idempotency-Key", "in": "header", "required": false,
        "description": "Yours to choose, for 24 hours: the same request with the same key is done once.",
        "schema": { "type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$" },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn operations() -> impl Iterator<Item = (&'static str, &'static str, &'static Map<String, Value>)> {
        let paths = document()["paths"].as_object().unwrap();
        paths.iter().flat_map(|(path, item)| {
            let operations = item.as_object().unwrap().iter();
            operations.map(move |(method, operation)| {
                (path.as_str(), method.as_str(), operation.as_object().unwrap())
            })
        })
    }

    #[test]
    fn every_operation_has_a_permission_a_summary_a_tag_and_an_id_of_its_own() {
        let mut ids = std::collections::HashSet::new();
        for (path, method, operation) in operations() {
            assert!(permission(operation).is_some(), "{method} {path}");
            assert!(operation["summary"].as_str().is_some_and(|said| !said.is_empty()), "{method} {path}");
            let tag = operation["tags"][0].as_str().unwrap_or_default();
            assert!(TAGS.iter().any(|(name, _)| *name == tag), "{method} {path}: {tag}");
            assert!(ids.insert(operation["operationId"].as_str().unwrap()), "{method} {path}");
        }
    }

    #[test]
    fn what_is_signed_says_so_and_can_be_refused() {
        for (path, method, operation) in operations().filter(|(path, ..)| path.starts_with("/api/v1/events"))
        {
            assert_eq!(operation["security"], security(true), "{method} {path}");
            assert!(operation["responses"].get("401").is_some(), "{method} {path}");
        }
    }

    #[test]
    fn every_write_takes_an_idempotency_key_and_says_what_becomes_of_it() {
        for (path, method, operation) in operations().filter(|(_, method, _)| *method != "get") {
            let takes = has_parameter(operation, |parameter| {
                parameter["$ref"] == "#/components/parameters/IdempotencyKey"
            });
            assert!(takes, "{method} {path}");
            for status in ["400", "409", "422"] {
                assert!(operation["responses"].get(status).is_some(), "{method} {path}: {status}");
            }
        }
    }

    #[test]
    fn every_list_that_comes_in_pages_takes_a_limit_and_where_to_go_on() {
        let mut lists = 0;
        for (path, method, operation) in operations() {
            let schema = &operation["responses"]["200"]["content"]["application/json"]["schema"]["$ref"];
            let Some(schema) = schema.as_str().and_then(|at| document().pointer(at.trim_start_matches('#')))
            else {
                continue;
            };
            if schema["properties"].get("next_cursor").is_some() {
                lists += 1;
                for name in ["limit", if path.ends_with("/activity") { "after" } else { "cursor" }] {
                    assert!(has_parameter(operation, |one| one["name"] == name), "{method} {path}: {name}");
                }
            }
        }
        assert!(lists >= 6, "only {lists} lists were looked at");
    }

    #[test]
    fn every_schema_that_is_referred_to_is_there() {
        let document = document();
        let text = document.to_string();
        for reference in text.split("\"$ref\":\"#").skip(1).map(|rest| rest.split('"').next().unwrap()) {
            assert!(document.pointer(reference).is_some(), "{reference}");
        }
    }

    #[test]
    fn version_is_three_one() {
        assert_eq!(document()["openapi"], "3.1.0");
    }
}
