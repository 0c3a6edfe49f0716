//! This very test program, started once more for one of its tests.

/// What the harness calls a test of the module in which this is written; one that is not there does not compile.
macro_rules! name_of_test {
    ($test:ident) => {{
        let _ = $test;
        let path = concat!(module_path!(), "::", stringify!($test));
        path.split_once("::").map_or(path, |(_, within)| within)
    }};
}

pub(crate) use name_of_test;
