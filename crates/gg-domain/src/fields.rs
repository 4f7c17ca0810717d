//! What is wrong with input, field by field, each with a remedy: never the first fault alone.

use std::fmt;

/// One fault of one field.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FieldError {
    /// A JSON pointer (RFC 6901) to the field, such as `/plus_ones/0/name`.
    pub pointer: String,
    /// What is wrong and what would be right.
    pub detail: String,
}

/// All faults of one input.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct FieldErrors(pub Vec<FieldError>);

impl FieldErrors {
    /// One fault.
    pub fn one(pointer: impl Into<String>, detail: impl fmt::Display) -> Self {
        let mut errors = Self::default();
        errors.push(pointer, detail);
        errors
    }

    /// Adds a fault.
    pub fn push(&mut self, pointer: impl Into<String>, detail: impl fmt::Display) {
        self.0.push(FieldError { pointer: pointer.into(), detail: detail.to_string() });
    }

    /// The value, or its fault noted under `pointer`.
    pub fn take<T, E: fmt::Display>(&mut self, pointer: &str, result: Result<T, E>) -> Option<T> {
        result.map_err(|error| self.push(pointer, error)).ok()
    }

    /// Nothing wrong?
    ///
    /// # Errors
    /// These errors, where there is one.
    pub fn check(self) -> Result<(), Self> {
        if self.0.is_empty() { Ok(()) } else { Err(self) }
    }
}

impl fmt::Display for FieldErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, error) in self.0.iter().enumerate() {
            write!(f, "{}{}: {}", if i == 0 { "" } else { "; " }, error.pointer, error.detail)?;
        }
        Ok(())
    }
}

impl std::error::Error for FieldErrors {}
