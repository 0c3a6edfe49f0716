//! Reads a value of the configuration with serde so that each fault keeps its kind and its place. Pure.
//!
//! The errors of the `toml` crate are sentences about Rust's types. The messages here speak of keys, allowed words and
//! ranges, so faults have to keep their kind until then.

use std::fmt;
use std::iter;
use std::ops::Range;

use serde::Deserializer;
use serde::de::DeserializeSeed;
use serde::de::Error;
use serde::de::Expected;
use serde::de::IntoDeserializer;
use serde::de::SeqAccess;
use serde::de::Unexpected;
use serde::de::Visitor;
use serde::de::value::MapDeserializer;
use serde::de::value::UnitDeserializer;
use serde::forward_to_deserialize_any;
use toml::Spanned;
use toml::de::DeArray;
use toml::de::DeValue;

#[derive(Debug)]
pub(super) struct Problem {
    pub(super) kind: Kind,
    /// In bytes of the text; `None`: the whole value.
    pub(super) span: Option<Range<usize>>,
}

#[derive(Debug)]
pub(super) enum Kind {
    UnknownKey {
        known: &'static [&'static str],
    },
    /// `found` is `None` when the value isn't a word at all.
    NotOneOf {
        found: Option<String>,
        words: &'static [&'static str],
    },
    /// `expected` is in serde's words, or in those of the setting.
    NotA {
        expected: String,
    },
    /// A sentence about the value.
    Other(String),
}

impl Problem {
    fn new(kind: Kind) -> Self {
        Self { kind, span: None }
    }

    fn at(mut self, span: Range<usize>) -> Self {
        self.span.get_or_insert(span);
        self
    }
}

impl Error for Problem {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::new(Kind::Other(message.to_string()))
    }

    fn invalid_type(_: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::new(Kind::NotA { expected: expected.to_string() })
    }

    fn invalid_value(_: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::new(Kind::NotA { expected: expected.to_string() })
    }

    fn unknown_variant(found: &str, words: &'static [&'static str]) -> Self {
        Self::new(Kind::NotOneOf { found: Some(found.to_owned()), words })
    }

    fn unknown_field(_: &str, known: &'static [&'static str]) -> Self {
        Self::new(Kind::UnknownKey { known })
    }
}

impl std::error::Error for Problem {}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.kind)
    }
}

/// A map of one key.
pub(super) fn entry<'de, V: IntoDeserializer<'de, Problem>>(
    key: &str,
    value: V,
) -> impl Deserializer<'de, Error = Problem> + IntoDeserializer<'de, Problem> {
    MapDeserializer::new(iter::once((key, value)))
}

/// A value for when only the key matters.
pub(super) fn nothing() -> UnitDeserializer<Problem> {
    ().into_deserializer()
}

/// A value with its place in the text.
#[derive(Clone, Copy)]
pub(super) struct Value<'a>(pub(super) &'a Spanned<DeValue<'a>>);

impl<'de> Deserializer<'de> for Value<'_> {
    type Error = Problem;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Problem> {
        let result = match self.0.get_ref() {
            DeValue::String(text) => visitor.visit_str(text),
            DeValue::Integer(number) => {
                match i64::from_str_radix(number.as_str(), number.radix()) {
                    Ok(number) => visitor.visit_i64(number),
                    Err(_) => Err(invalid("a larger number than can be read", &visitor)),
                }
            }
            DeValue::Float(number) => match number.as_str().parse() {
                Ok(number) => visitor.visit_f64(number),
                Err(_) => Err(invalid("a number that cannot be read", &visitor)),
            },
            DeValue::Boolean(yes) => visitor.visit_bool(*yes),
            DeValue::Datetime(_) => Err(invalid("a date or time", &visitor)),
            DeValue::Array(items) => visitor.visit_seq(Items(items, 0)),
            DeValue::Table(table) => {
                let entries =
                    table.iter().map(|(key, value)| (key.get_ref().as_ref(), Value(value)));
                MapDeserializer::new(entries).deserialize_any(visitor)
            }
        };
        result.map_err(|problem| problem.at(self.0.span()))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Problem> {
        visitor.visit_some(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        words: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Problem> {
        let result = match self.0.get_ref() {
            DeValue::String(word) => visitor.visit_enum(word.as_ref().into_deserializer()),
            _ => Err(Problem::new(Kind::NotOneOf { found: None, words })),
        };
        result.map_err(|problem| problem.at(self.0.span()))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string
        bytes byte_buf unit unit_struct newtype_struct seq tuple
        tuple_struct map struct identifier ignored_any
    }
}

impl IntoDeserializer<'_, Problem> for Value<'_> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

fn invalid(found: &str, expected: &dyn Expected) -> Problem {
    Problem::invalid_type(Unexpected::Other(found), expected)
}

/// The items of a list from an index on.
struct Items<'a>(&'a DeArray<'a>, usize);

impl<'de> SeqAccess<'de> for Items<'_> {
    type Error = Problem;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Problem> {
        let Some(item) = self.0.get(self.1) else {
            return Ok(None);
        };
        self.1 += 1;
        seed.deserialize(Value(item)).map(Some).map_err(|problem| problem.at(item.span()))
    }
}
