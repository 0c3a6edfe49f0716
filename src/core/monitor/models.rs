//! What some monitors need before they send their heart rate here: from a data file, with its sources. Pure.

use serde::Deserialize;

/// Every model of which something is known.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Models {
    pub monitors: Vec<Model>,
}

/// One model, or all of a maker.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Model {
    key: String,
    called: Vec<String>,
    /// The addresses of pages that say so.
    pub sources: Vec<String>,
}

impl Models {
    /// Fails only when the file in the build is broken, which a test excludes.
    pub fn built_in() -> Result<Self, toml::de::Error> {
        toml::from_str(include_str!("../../../config/monitors.toml"))
    }

    /// The model of a monitor that calls itself this; `None`: nothing is known of it.
    #[must_use]
    pub fn of(&self, name: &str) -> Option<&Model> {
        self.monitors.iter().find(|model| model.is_called(name))
    }
}

impl Model {
    /// The id of the message that says what it is and what it needs.
    #[must_use]
    pub fn advice_id(&self) -> String {
        format!("monitor-{}", self.key)
    }

    fn is_called(&self, name: &str) -> bool {
        let name = name.to_lowercase();
        // A whole word, or with a number behind it: a Venu, and no Venue.
        let begins = |beginning: &String| {
            let rest = name.strip_prefix(&beginning.to_lowercase());
            rest.is_some_and(|rest| !rest.starts_with(char::is_alphabetic))
        };
        self.called.iter().any(begins)
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;
    use crate::words::Words;

    #[test]
    fn every_model_has_its_advice_and_a_source() {
        let words = Words::new("en");
        for model in Models::built_in().unwrap().monitors {
            assert!(words.has(model.advice_id()), "{model:?}");
            assert!(!model.sources.is_empty(), "{model:?}");
            assert!(model.sources.iter().all(|source| source.starts_with("https://")), "{model:?}");
            assert!(model.called.iter().all(|beginning| beginning.len() > 3), "{model:?}");
        }
    }

    #[test]
    fn a_model_is_known_by_how_its_name_begins() {
        let models = Models::built_in().unwrap();
        let advice = |name| models.of(name).map(Model::advice_id);
        assert_eq!(advice("Forerunner 245"), Some("monitor-garmin".to_owned()));
        assert_eq!(advice("fēnix 7"), advice("Fenix 7"));
        assert_eq!(advice("vívoactive4"), advice("Garmin"));
        assert_eq!(advice("Amazfit Band 5"), Some("monitor-amazfit".to_owned()));
        assert_eq!(advice("Polar H10 8C4F2A21"), Some("monitor-polar-h10".to_owned()));
        for name in ["", "Polar H9 8C4F2A21", "TICKR 1234", "My Venu", "Venue speaker"] {
            assert_eq!(advice(name), None, "{name}");
        }
    }

    #[test]
    fn the_readme_lists_them_all_with_their_sources() {
        let words = Words::new("en");
        let mut lines = String::new();
        for model in Models::built_in().unwrap().monitors {
            let sources = (1..).zip(&model.sources).map(|(at, source)| format!("[{at}]({source})"));
            let sources = sources.collect::<Vec<_>>().join(" ");
            writeln!(lines, "- {} {sources}", words.text(model.advice_id(), &[])).unwrap();
        }
        let readme = include_str!("../../../README.md");
        assert!(readme.contains(&lines), "the README lacks\n{lines}");
    }
}
