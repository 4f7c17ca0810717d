//! What goes into a statement and what comes out of a row, the same for both drivers.
//!
//! Ids are uuids (16 bytes in SQLite), times whole microseconds in a bigint, words and JSON text.

use jiff::Timestamp;
use tokio_postgres::types::{IsNull, ToSql, Type, private::BytesMut};
use uuid::Uuid;

use gg_domain::clock::from_micros;
use gg_domain::email::EmailAddress;
use gg_domain::locale::Locale;
use gg_domain::name::PersonName;
use gg_domain::phone::PhoneNumber;

use crate::error::{Result, StoreError};

/// A statement's argument.
#[derive(Clone, Copy, Debug)]
pub enum Arg<'a> {
    /// Nothing.
    Null,
    /// A number or a time.
    Int(i64),
    /// A figure.
    Real(f64),
    /// A yes or a no.
    Bool(bool),
    /// Words.
    Text(&'a str),
    /// A digest or a sealed key.
    Bytes(&'a [u8]),
    /// An id.
    Uuid(Uuid),
}

/// What can be an argument.
pub trait ToArg {
    /// The argument.
    fn arg(&self) -> Arg<'_>;
}

/// The arguments of a statement, in the order of its `$1`, `$2`, …
macro_rules! args {
    ($($value:expr),* $(,)?) => { &[$($crate::value::ToArg::arg(&$value)),*] };
}
pub(crate) use args;

impl rusqlite::ToSql for Arg<'_> {
    fn to_sql(&self) -> rusqlite::Result<rusqlite::types::ToSqlOutput<'_>> {
        use rusqlite::types::{ToSqlOutput, Value, ValueRef};
        Ok(match self {
            Self::Null => ToSqlOutput::Owned(Value::Null),
            Self::Int(int) => ToSqlOutput::Owned(Value::Integer(*int)),
            Self::Real(real) => ToSqlOutput::Owned(Value::Real(*real)),
            Self::Bool(bool) => ToSqlOutput::Owned(Value::Integer(i64::from(*bool))),
            Self::Text(text) => ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes())),
            Self::Bytes(bytes) => ToSqlOutput::Borrowed(ValueRef::Blob(bytes)),
            Self::Uuid(uuid) => ToSqlOutput::Borrowed(ValueRef::Blob(uuid.as_bytes())),
        })
    }
}

impl ToSql for Arg<'_> {
    fn to_sql(
        &self,
        ty: &Type,
        out: &mut BytesMut,
    ) -> std::result::Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match self {
            Self::Null => Ok(IsNull::Yes),
            Self::Int(int) if *ty == Type::INT4 => i32::try_from(*int)?.to_sql(ty, out),
            Self::Int(int) => int.to_sql(ty, out),
            Self::Real(real) => real.to_sql(ty, out),
            Self::Bool(bool) => bool.to_sql(ty, out),
            Self::Text(text) => text.to_sql(ty, out),
            Self::Bytes(bytes) => bytes.to_sql(ty, out),
            Self::Uuid(uuid) => uuid.to_sql(ty, out),
        }
    }

    fn accepts(_ty: &Type) -> bool {
        true
    }

    tokio_postgres::types::to_sql_checked!();
}

macro_rules! to_arg {
    ($($ty:ty, $self:ident => $arg:expr);+ $(;)?) => {$(
        impl ToArg for $ty {
            fn arg(&$self) -> Arg<'_> { $arg }
        }
    )+};
}

to_arg! {
    i64, self => Arg::Int(*self);
    u32, self => Arg::Int(i64::from(*self));
    f64, self => Arg::Real(*self);
    bool, self => Arg::Bool(*self);
    str, self => Arg::Text(self);
    String, self => Arg::Text(self);
    [u8], self => Arg::Bytes(self);
    Vec<u8>, self => Arg::Bytes(self);
    [u8; 32], self => Arg::Bytes(self);
    Timestamp, self => Arg::Int(self.as_microsecond());
    Uuid, self => Arg::Uuid(*self);
    PersonName, self => Arg::Text(self.as_str());
    EmailAddress, self => Arg::Text(self.as_str());
    PhoneNumber, self => Arg::Text(self.as_str());
    Locale, self => Arg::Text(self.as_str());
}

impl ToArg for Arg<'_> {
    fn arg(&self) -> Arg<'_> {
        *self
    }
}

impl<T: ToArg> ToArg for Option<T> {
    fn arg(&self) -> Arg<'_> {
        self.as_ref().map_or(Arg::Null, ToArg::arg)
    }
}

impl<T: ToArg + ?Sized> ToArg for &T {
    fn arg(&self) -> Arg<'_> {
        (*self).arg()
    }
}

/// One value of a row.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Cell<'a> {
    Null,
    Int(i64),
    Real(f64),
    Bool(bool),
    Text(&'a str),
    Bytes(&'a [u8]),
    Uuid(Uuid),
}

/// A row of either database.
pub(crate) enum Row<'a> {
    Sqlite(&'a rusqlite::Row<'a>),
    Postgres(&'a tokio_postgres::Row),
}

impl Row<'_> {
    /// The value in column `i`, counted from 0.
    pub(crate) fn get<T: FromCell>(&self, i: usize) -> Result<T> {
        let cell = match self {
            Self::Sqlite(row) => sqlite_cell(row.get_ref(i)?)?,
            Self::Postgres(row) => postgres_cell(row, i)?,
        };
        T::from_cell(cell).ok_or_else(|| StoreError::Corrupt(format!("column {i} holds what it should not")))
    }
}

fn sqlite_cell(value: rusqlite::types::ValueRef<'_>) -> Result<Cell<'_>> {
    use rusqlite::types::ValueRef;
    Ok(match value {
        ValueRef::Null => Cell::Null,
        ValueRef::Integer(int) => Cell::Int(int),
        ValueRef::Real(real) => Cell::Real(real),
        ValueRef::Text(text) => Cell::Text(
            std::str::from_utf8(text).map_err(|_| StoreError::Corrupt("text is not UTF-8".into()))?,
        ),
        ValueRef::Blob(bytes) => Cell::Bytes(bytes),
    })
}

fn postgres_cell(row: &tokio_postgres::Row, i: usize) -> Result<Cell<'_>> {
    let ty = row.columns().get(i).map(|column| column.type_().clone());
    let ty = ty.ok_or_else(|| StoreError::Broken(format!("no column {i}")))?;
    Ok(match ty {
        Type::INT8 => row.try_get::<_, Option<i64>>(i)?.map_or(Cell::Null, Cell::Int),
        Type::INT4 => row.try_get::<_, Option<i32>>(i)?.map_or(Cell::Null, |int| Cell::Int(int.into())),
        Type::FLOAT8 => row.try_get::<_, Option<f64>>(i)?.map_or(Cell::Null, Cell::Real),
        Type::BOOL => row.try_get::<_, Option<bool>>(i)?.map_or(Cell::Null, Cell::Bool),
        Type::BYTEA => row.try_get::<_, Option<&[u8]>>(i)?.map_or(Cell::Null, Cell::Bytes),
        Type::UUID => row.try_get::<_, Option<Uuid>>(i)?.map_or(Cell::Null, Cell::Uuid),
        _ => row.try_get::<_, Option<&str>>(i)?.map_or(Cell::Null, Cell::Text),
    })
}

/// What a cell can be read as.
pub(crate) trait FromCell: Sized {
    /// The value, where the cell holds such a one.
    fn from_cell(cell: Cell<'_>) -> Option<Self>;
}

macro_rules! from_cell {
    ($($ty:ty, $($pattern:pat => $value:expr),+);+ $(;)?) => {$(
        impl FromCell for $ty {
            fn from_cell(cell: Cell<'_>) -> Option<Self> {
                match cell { $($pattern => $value,)+ _ => None }
            }
        }
    )+};
}

from_cell! {
    i64, Cell::Int(int) => Some(int);
    u32, Cell::Int(int) => u32::try_from(int).ok();
    f64, Cell::Real(real) => Some(real), Cell::Int(int) => i32::try_from(int).ok().map(f64::from);
    bool, Cell::Bool(bool) => Some(bool), Cell::Int(int) => Some(int != 0);
    String, Cell::Text(text) => Some(text.to_string());
    Vec<u8>, Cell::Bytes(bytes) => Some(bytes.to_vec());
    Uuid, Cell::Uuid(uuid) => Some(uuid), Cell::Bytes(bytes) => Uuid::from_slice(bytes).ok();
    Timestamp, Cell::Int(micros) => Some(from_micros(micros));
    PersonName, Cell::Text(text) => PersonName::parse(text).ok();
    EmailAddress, Cell::Text(text) => EmailAddress::parse(text).ok();
    PhoneNumber, Cell::Text(text) => PhoneNumber::parse(text).ok();
    Locale, Cell::Text(text) => Locale::parse(text).ok();
}

macro_rules! ids {
    ($($ty:ident),+ $(,)?) => {$(
        impl ToArg for gg_domain::id::$ty {
            fn arg(&self) -> Arg<'_> { Arg::Uuid(self.uuid()) }
        }
        impl FromCell for gg_domain::id::$ty {
            fn from_cell(cell: Cell<'_>) -> Option<Self> { Uuid::from_cell(cell).map(Self::from_uuid) }
        }
    )+};
}
ids!(
    AccountId,
    SessionId,
    ApiKeyId,
    EventId,
    GuestId,
    PartyId,
    InviteId,
    AccessId,
    RsvpId,
    FetchId,
    DecisionId,
    MemberInviteId,
    MessageId,
    StepUpCodeId,
    WishId,
    DeviceId,
    DeploymentId,
);

macro_rules! words {
    ($($ty:path),+ $(,)?) => {$(
        impl ToArg for $ty {
            fn arg(&self) -> Arg<'_> { Arg::Text(self.as_str()) }
        }
        impl FromCell for $ty {
            fn from_cell(cell: Cell<'_>) -> Option<Self> {
                match cell { Cell::Text(text) => Self::parse(text), _ => None }
            }
        }
    )+};
}
words!(
    gg_domain::actor::Role,
    gg_domain::rsvp::Source,
    gg_domain::feed::FeedKind,
    gg_domain::message::Channel,
    gg_domain::message::MessageKind,
    gg_domain::message::MessageState,
    gg_domain::wish::WishKind,
    gg_domain::risk::Band,
    gg_domain::risk::Label,
    gg_domain::policy::Action,
    gg_domain::decision::Decision,
);

impl<T: FromCell> FromCell for Option<T> {
    fn from_cell(cell: Cell<'_>) -> Option<Self> {
        match cell {
            Cell::Null => Some(None),
            cell => T::from_cell(cell).map(Some),
        }
    }
}

/// A value kept as JSON text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Json<T>(pub T);

impl<T: serde::de::DeserializeOwned> FromCell for Json<T> {
    fn from_cell(cell: Cell<'_>) -> Option<Self> {
        match cell {
            Cell::Text(text) => serde_json::from_str(text).ok().map(Self),
            _ => None,
        }
    }
}

/// The JSON text of `value`.
pub(crate) fn json<T: serde::Serialize>(value: &T) -> Result<String> {
    serde_json::to_string(value).map_err(|error| StoreError::Broken(error.to_string()))
}

/// What a row can be read as.
pub(crate) trait FromRow: Sized {
    /// Reads the columns in order.
    fn from_row(row: &Row<'_>) -> Result<Self>;
}

impl<A: FromCell> FromRow for (A,) {
    fn from_row(row: &Row<'_>) -> Result<Self> {
        Ok((row.get(0)?,))
    }
}
impl<A: FromCell, B: FromCell> FromRow for (A, B) {
    fn from_row(row: &Row<'_>) -> Result<Self> {
        Ok((row.get(0)?, row.get(1)?))
    }
}
impl<A: FromCell, B: FromCell, C: FromCell> FromRow for (A, B, C) {
    fn from_row(row: &Row<'_>) -> Result<Self> {
        Ok((row.get(0)?, row.get(1)?, row.get(2)?))
    }
}
impl<A: FromCell, B: FromCell, C: FromCell, D: FromCell> FromRow for (A, B, C, D) {
    fn from_row(row: &Row<'_>) -> Result<Self> {
        Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
    }
}

/// A row's type: fields in the order of the statement's columns.
macro_rules! row {
    ($(#[$doc:meta])* pub struct $name:ident { $($(#[$fdoc:meta])* pub $field:ident: $ty:ty),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Debug)]
        pub struct $name { $($(#[$fdoc])* pub $field: $ty),+ }

        impl $crate::value::FromRow for $name {
            #[expect(unused_assignments, reason = "the last column's number is counted up once too often")]
            fn from_row(row: &$crate::value::Row<'_>) -> $crate::error::Result<Self> {
                let mut column = 0;
                $(let $field = row.get::<$ty>(column)?; column += 1;)+
                Ok(Self { $($field),+ })
            }
        }
    };
}
pub(crate) use row;
