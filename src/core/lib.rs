//! Every decision of kindbeat, pure.

pub mod backoff;
pub mod breathing;
pub mod config;
pub mod connection;
pub mod context;
pub mod detection;
pub mod engine;
pub mod heart;
pub mod monitor;
pub mod offer;
pub mod page;
pub mod practice;
pub mod reason;
pub mod replay;
pub mod setting;
pub mod simulation;
pub mod sitting;
pub mod status;
pub mod words;
