//! kindbeat.

pub mod command;
pub mod config;
pub mod detection;
pub mod edge;
pub mod engine;
pub mod heart;
pub mod offer;
pub mod practice;
pub mod replay;
pub mod setting;
pub mod simulation;
pub mod surroundings;
pub mod words;
