//! kindbeat.

pub mod command;
pub mod detection;
pub mod edge;
pub mod heart;
pub mod practice;
pub mod replay;
pub mod setting;
pub mod words;
