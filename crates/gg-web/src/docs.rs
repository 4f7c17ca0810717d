//! `GET /docs`: the OpenAPI document as a page for people. Made from the document, on the server; nothing is fetched
//! from elsewhere.

use std::sync::OnceLock;

use askama::Template;
use axum::body::Bytes;
use axum::http::header;
use axum::response::IntoResponse;
use serde_json::{Map, Value};

use crate::openapi;

/// The methods in the order in which they are read.
const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

/// The page.
#[derive(Debug, Template)]
#[template(path = "pages/docs.html")]
pub struct DocsPage {
    version: String,
    introduction: Vec<Prose>,
    groups: Vec<Group>,
    forms: Vec<Form>,
}

/// The operations of one tag.
#[derive(Debug)]
struct Group {
    name: String,
    operations: Vec<Operation>,
}

/// An operation.
#[derive(Debug)]
struct Operation {
    id: String,
    method: String,
    path: String,
    summary: String,
    description: Vec<Prose>,
    parameters: Vec<Field>,
    body: Option<Kind>,
    answers: Vec<Answer>,
}

/// What is answered with one status.
#[derive(Debug)]
struct Answer {
    status: String,
    description: Prose,
    kind: Option<Kind>,
}

/// An object of the API and its fields.
#[derive(Debug)]
struct Form {
    name: String,
    description: Prose,
    fields: Vec<Field>,
    words: Vec<String>,
}

/// A parameter or a field.
#[derive(Debug)]
struct Field {
    name: String,
    kind: Kind,
    required: bool,
    description: Prose,
}

/// Words, and between back-ticks what a program says: `(is code, text)`.
#[derive(Debug)]
struct Prose(Vec<(bool, String)>);

/// Of what type something is: a word, and the form that it names where it does.
#[derive(Debug, PartialEq, Eq)]
struct Kind {
    word: String,
    form: Option<String>,
}

/// Answers with the page.
pub async fn page() -> impl IntoResponse {
    static HTML: OnceLock<Bytes> = OnceLock::new();
    let make = || {
        let page = DocsPage::of(openapi::document());
        Bytes::from(page.render().expect("a page of plain text is rendered"))
    };
    ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], HTML.get_or_init(make).clone())
}

impl DocsPage {
    /// The page of a document.
    pub fn of(document: &Value) -> Self {
        let schemas = document["components"]["schemas"].as_object();
        let forms = schemas.into_iter().flatten().map(|(name, schema)| Form::of(name, schema)).collect();
        Self {
            version: text(&document["info"]["version"]),
            introduction: paragraphs(&document["info"]["description"]),
            groups: groups(document),
            forms,
        }
    }
}

/// The operations by tag, in the order of the document's tags.
fn groups(document: &Value) -> Vec<Group> {
    let tags = document["tags"].as_array().into_iter().flatten();
    let mut groups: Vec<Group> =
        tags.map(|tag| Group { name: text(&tag["name"]), operations: Vec::new() }).collect();
    for (path, item) in document["paths"].as_object().into_iter().flatten() {
        let methods = METHODS.iter().filter_map(|method| Some((*method, item.get(*method)?.as_object()?)));
        for (method, operation) in methods {
            let tag = operation.get("tags").map(|tags| text(&tags[0])).unwrap_or_default();
            let operation = Operation::of(document, method, path, operation);
            if let Some(group) = groups.iter_mut().find(|group| group.name == tag) {
                group.operations.push(operation);
            }
        }
    }
    groups
}

impl Operation {
    fn of(document: &Value, method: &str, path: &str, operation: &Map<String, Value>) -> Self {
        let get = |name: &str| operation.get(name).unwrap_or(&Value::Null);
        let parameters = get("parameters").as_array().into_iter().flatten();
        let answers = get("responses").as_object().into_iter().flatten();
        Self {
            id: text(get("operationId")),
            method: method.to_ascii_uppercase(),
            path: path.to_string(),
            summary: text(get("summary")),
            description: paragraphs(get("description")),
            parameters: parameters
                .map(|parameter| Field::of_parameter(resolved(document, parameter)))
                .collect(),
            body: content(get("requestBody")),
            answers: answers.map(|(status, answer)| Answer::of(status, resolved(document, answer))).collect(),
        }
    }
}

impl Answer {
    fn of(status: &str, answer: &Value) -> Self {
        Self {
            status: status.to_string(),
            description: Prose::of(&answer["description"]),
            kind: content(answer),
        }
    }
}

impl Form {
    fn of(name: &str, schema: &Value) -> Self {
        let parts = schema["allOf"].as_array();
        let own = std::iter::once(schema).chain(parts.into_iter().flatten());
        let words = schema["enum"].as_array().into_iter().flatten().chain(
            schema["oneOf"].as_array().into_iter().flatten().flat_map(|one| one["enum"].as_array()).flatten(),
        );
        Self {
            name: name.to_string(),
            description: Prose::of(&schema["description"]),
            fields: own.flat_map(fields).collect(),
            words: words.map(text).collect(),
        }
    }
}

fn fields(schema: &Value) -> Vec<Field> {
    let is_required = |name: &str| {
        schema["required"].as_array().is_some_and(|names| names.iter().any(|required| required == name))
    };
    let properties = schema["properties"].as_object().into_iter().flatten();
    properties
        .map(|(name, schema)| Field {
            name: name.clone(),
            kind: Kind::of(schema),
            required: is_required(name),
            description: Prose::of(&schema["description"]),
        })
        .collect()
}

impl Field {
    fn of_parameter(parameter: &Value) -> Self {
        Self {
            name: text(&parameter["name"]),
            kind: Kind {
                word: format!("{}, in the {}", Kind::of(&parameter["schema"]).word, text(&parameter["in"])),
                form: None,
            },
            required: parameter["required"] == true,
            description: Prose::of(&parameter["description"]),
        }
    }
}

impl Kind {
    fn of(schema: &Value) -> Self {
        if let Some(reference) = schema["$ref"].as_str() {
            let name = reference.rsplit('/').next().unwrap_or(reference).to_string();
            return Self { word: name.clone(), form: Some(name) };
        }
        // A form or null.
        if let Some(one) =
            schema["oneOf"].as_array().and_then(|kinds| kinds.iter().find(|kind| kind["$ref"].is_string()))
        {
            let Self { word, form } = Self::of(one);
            return Self { word: format!("{word} or null"), form };
        }
        let names: Vec<String> = match &schema["type"] {
            Value::Array(names) => names.iter().map(text).collect(),
            name => vec![text(name)],
        };
        if names.iter().any(|name| name == "array") {
            let Self { word, form } = Self::of(&schema["items"]);
            return Self { word: format!("list of {word}"), form };
        }
        let mut word = names.join(" or ");
        if let Some(format) = schema["format"].as_str().filter(|format| !format.starts_with("int")) {
            word = word.replace("string", format);
        }
        Self { word, form: None }
    }
}

/// What a body or an answer holds.
fn content(holder: &Value) -> Option<Kind> {
    let (media_type, content) = holder["content"].as_object()?.iter().next()?;
    let kind = Kind::of(&content["schema"]);
    Some(if kind.form.is_some() { kind } else { Kind { word: media_type.clone(), form: None } })
}

fn resolved<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    let reference = value["$ref"].as_str().and_then(|reference| reference.strip_prefix('#'));
    reference.and_then(|pointer| document.pointer(pointer)).unwrap_or(value)
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_string()
}

fn paragraphs(value: &Value) -> Vec<Prose> {
    value.as_str().into_iter().flat_map(|text| text.split("\n\n")).map(Prose::read).collect()
}

impl Prose {
    fn of(value: &Value) -> Self {
        Self::read(value.as_str().unwrap_or_default())
    }

    fn read(text: &str) -> Self {
        let parts = text.split('`').enumerate().filter(|(_, part)| !part.is_empty());
        Self(parts.map(|(i, part)| (i % 2 == 1, part.replace('\n', " "))).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operation_and_every_form_is_on_the_page() {
        let document = openapi::document();
        let html = DocsPage::of(document).render().unwrap();

        for (path, item) in document["paths"].as_object().unwrap() {
            for operation in item.as_object().unwrap().values() {
                let id = operation["operationId"].as_str().unwrap();
                assert!(html.contains(&format!("id=\"{id}\"")), "{path} {id}");
            }
        }
        for name in document["components"]["schemas"].as_object().unwrap().keys() {
            assert!(html.contains(&format!("id=\"form-{name}\"")), "{name}");
        }
    }

    #[test]
    fn every_link_of_the_page_leads_somewhere() {
        let html = DocsPage::of(openapi::document()).render().unwrap();
        for target in html.split("href=\"#").skip(1).map(|rest| rest.split('"').next().unwrap()) {
            assert!(html.contains(&format!("id=\"{target}\"")), "{target}");
        }
    }

    #[test]
    fn kinds_are_read_in_words() {
        let kind = |json: &str| Kind::of(&serde_json::from_str(json).unwrap()).word;

        assert_eq!(kind(r#"{"type": ["string", "null"], "format": "date-time"}"#), "date-time or null");
        assert_eq!(
            kind(r##"{"type": "array", "items": {"$ref": "#/components/schemas/Guest"}}"##),
            "list of Guest"
        );
        assert_eq!(kind(r#"{"type": "integer", "format": "int64"}"#), "integer");
    }
}
