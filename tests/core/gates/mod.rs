//! What holds offers back, in pairs and on days full of them: nothing is offered behind a closed gate, everything is once all are
//! open, each elevation is accounted for, and why says what a stranger has to know.

mod days;
mod desk;
mod pairs;
mod why;
