//! What can be asked for, and what is answered.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Form;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::extract::FromRequest;
use axum::extract::Path;
use axum::extract::Request;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header;
use axum::http::header::CONTENT_TYPE;
use axum::middleware;
use axum::middleware::Next;
use axum::response::Html;
use axum::response::IntoResponse;
use axum::response::Response;
use axum::routing::get;
use axum::routing::post;
use serde::Deserialize;
use tokio::time::timeout;
use tracing::debug;

use crate::edge::web::Shared;
use crate::edge::web::guard;
use crate::edge::web::html;
use crate::edge::web::live;
use crate::edge::web::random;
use crate::page::Cookie;
use crate::page::PageInput;
use crate::page::Secret;
use crate::page::Tense;
use crate::practice::Anchor;

/// Everything that can be asked of the listener at `address`.
pub(super) fn router(shared: Arc<Shared>, address: SocketAddr) -> Router {
    let authority: Arc<str> = address.to_string().into();
    let known = Router::new()
        .route("/p/{id}/", get(page))
        .route("/p/{id}/live", get(live::live))
        .route("/p/{id}/do", post(act))
        .route("/p/{id}/close", post(close))
        .route("/p/{id}/page.css", get(([(CONTENT_TYPE, "text/css; charset=utf-8")], CSS)))
        .route("/p/{id}/page.js", get(([(CONTENT_TYPE, "text/javascript; charset=utf-8")], SCRIPT)))
        .route("/p/{id}/icon.svg", get(([(CONTENT_TYPE, "image/svg+xml")], ICON)))
        .route_layer(middleware::from_fn_with_state(Arc::clone(&shared), needs_cookie));
    Router::new()
        .route("/p/{id}/open/{token}", get(enter))
        .merge(known)
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .layer(middleware::from_fn(move |request, next| {
            guarded(Arc::clone(&authority), request, next)
        }))
        .with_state(shared)
}

/// Asks the guard about every request, and seals every answer.
async fn guarded(authority: Arc<str>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let mut response = match guard::check(&parts, &authority) {
        Ok(()) => next.run(Request::from_parts(parts, body)).await,
        Err((status, reason)) => {
            debug!(reason, "request refused");
            status.into_response()
        }
    };
    guard::seal(response.headers_mut());
    response
}

/// Lets through who has the cookie of the page.
async fn needs_cookie(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
    request: Request,
    next: Next,
) -> Response {
    if shared.open().pages.opens(&id, guard::cookies(request.headers())) {
        next.run(request).await
    } else {
        debug!(reason = "cookie", "request refused");
        refused(&shared)
    }
}

/// Takes the token of an address and gives the cookie. The address without the token is what stays in the browser's history.
async fn enter(
    State(shared): State<Arc<Shared>>,
    Path((id, token)): Path<(String, String)>,
) -> Response {
    let (Ok(name), Ok(value)) = (random::<8>(), random()) else {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    };
    let name = format!("k{:016x}", u64::from_ne_bytes(name));
    let cookie = Cookie { name, value: Secret::new(value) };
    let set = format!(
        "{}={}; Path=/p/{id}/; HttpOnly; SameSite=Strict",
        cookie.name,
        cookie.value.reveal()
    );
    let now = shared.now();
    let mut open = shared.open();
    if !open.pages.redeem(&id, &token, cookie, now) {
        drop(open);
        debug!(reason = "token", "request refused");
        return refused(&shared);
    }
    let awaited = open.awaited.iter().position(|(awaited, _)| awaited.as_str() == id);
    if let Some(index) = awaited {
        // Nobody may be waiting any more.
        let _ = open.awaited.swap_remove(index).1.send(());
    }
    drop(open);
    shared.ring();
    let headers = [(header::SET_COOKIE, set), (header::LOCATION, format!("/p/{id}/"))];
    (StatusCode::SEE_OTHER, headers).into_response()
}

async fn page(State(shared): State<Arc<Shared>>) -> Html<String> {
    Html(html::document(&shared.view.borrow()))
}

/// What a person does, as the page sends it.
#[derive(Deserialize)]
struct Deed {
    r#do: String,
    value: Option<String>,
    /// The moment of the break that they saw while they did it.
    seen: Option<String>,
}

async fn act(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let deed = match timeout(BODY_WITHIN, Form::<Deed>::from_request(request, &shared)).await {
        Ok(Ok(Form(deed))) => deed,
        Ok(Err(rejected)) => return rejected.into_response(),
        Err(_) => return StatusCode::REQUEST_TIMEOUT.into_response(),
    };
    let Some(input) = input(&deed.r#do, deed.value.as_deref()) else {
        return StatusCode::UNPROCESSABLE_ENTITY.into_response();
    };
    // A step that came by itself while a key went down is not skipped unseen.
    if moves(input) && deed.seen != Some(shared.view.borrow().moment()) {
        return StatusCode::NO_CONTENT.into_response();
    }
    match shared.inputs.send(input).await {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(_) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}

async fn close(State(shared): State<Arc<Shared>>, Path(id): Path<String>) -> StatusCode {
    shared.open().pages.close(&id);
    shared.ring();
    StatusCode::NO_CONTENT
}

fn input(deed: &str, value: Option<&str>) -> Option<PageInput> {
    Some(match deed {
        "begin" => PageInput::Begin,
        "next" => PageInput::Next,
        "back" => PageInput::Back,
        "pause" => PageInput::Pause,
        "resume" => PageInput::Resume,
        "leave" => PageInput::Leave,
        "too-much" => PageInput::TooMuch,
        "anchor" => {
            let is = |anchor: &Anchor| Some(anchor.as_str()) == value;
            PageInput::Anchor(ANCHORS.into_iter().find(is)?)
        }
        "tense" => PageInput::Tense(match value {
            Some(figure) => Some(Tense::new(figure.parse().ok()?)?),
            None => None,
        }),
        _ => return None,
    })
}

/// Whether it moves the break by a step, and so depends on which step was seen.
const fn moves(input: PageInput) -> bool {
    matches!(input, PageInput::Begin | PageInput::Next | PageInput::Back)
}

fn refused(shared: &Shared) -> Response {
    let text = html::refusal(&shared.view.borrow());
    (StatusCode::FORBIDDEN, Html(text)).into_response()
}

const ANCHORS: [Anchor; 5] =
    [Anchor::Breath, Anchor::Feet, Anchor::Hands, Anchor::Sound, Anchor::Sight];

/// What a person can do fits many times over.
const LARGEST_BODY: usize = 1024;
const BODY_WITHIN: Duration = Duration::from_secs(5);

const CSS: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");
const ICON: &str = include_str!("icon.svg");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_a_person_can_do_is_understood_and_nothing_else() {
        assert_eq!(input("too-much", None), Some(PageInput::TooMuch));
        assert_eq!(input("anchor", Some("feet")), Some(PageInput::Anchor(Anchor::Feet)));
        assert_eq!(input("tense", Some("10")), Some(PageInput::Tense(Tense::new(10))));
        assert_eq!(input("tense", None), Some(PageInput::Tense(None)));
        for (deed, value) in [
            ("", None),
            ("closed", None),
            ("Next", None),
            ("anchor", None),
            ("anchor", Some("nose")),
            ("tense", Some("11")),
            ("tense", Some("-1")),
            ("tense", Some("")),
        ] {
            assert_eq!(input(deed, value), None, "{deed} {value:?}");
        }
    }

    #[test]
    fn the_files_of_the_page_are_small_and_fetch_nothing_from_elsewhere() {
        assert!(
            CSS.len() + SCRIPT.len() + ICON.len() < 60_000,
            "with the page itself under 100 KB"
        );
        for text in [CSS, SCRIPT, &ICON.replace("http://www.w3.org/2000/svg", "")] {
            for never in ["http:", "https:", "//cdn", "@import", "url(", "eval(", "import("] {
                assert!(!text.contains(never), "{never}");
            }
        }
    }
}
