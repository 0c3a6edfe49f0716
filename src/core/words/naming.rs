//! How messages get their names: one line each, from which the type and its list are made. Nothing is left to hand them on to:
//! hence the empty list before them.

macro_rules! messages {
    ([] $($(#[doc = $doc:literal])+ $name:ident = $id:literal,)+) => {
        /// A message that the program says by itself, besides those that practices name.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Message {
            $($(#[doc = $doc])+ $name,)+
        }

        impl Message {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name,)+];

            /// Its name in the files under `config/words`.
            #[must_use]
            pub const fn id(self) -> &'static str {
                match self {
                    $(Self::$name => $id,)+
                }
            }
        }
    };
}
