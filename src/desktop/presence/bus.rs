//! Replies of services that may not be there.

use super::Error;

/// Takes an answer; `None` where the other side says that it has none: it is not there, or does not know the question.
pub(super) fn answered<T>(answer: zbus::Result<T>) -> Result<Option<T>, Error> {
    match answer {
        Ok(answer) => Ok(Some(answer)),
        Err(zbus::Error::MethodError(..) | zbus::Error::FDO(_)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}
