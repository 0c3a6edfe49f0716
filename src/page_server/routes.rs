//! The routes of the page and their answers.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Form;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::extract::FromRequest;
use axum::extract::Path;
use axum::extract::Query;
use axum::extract::Request;
use axum::extract::State;
use axum::http::HeaderValue;
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

use crate::page_server::Shared;
use crate::page_server::guard;
use crate::page_server::html;
use crate::page_server::live;
use crate::page_server::random;
use kindbeat_core::page::Cookie;
use kindbeat_core::page::Feedback;
use kindbeat_core::page::PageId;
use kindbeat_core::page::PageInput;
use kindbeat_core::page::Secret;
use kindbeat_core::page::Sound;
use kindbeat_core::page::Tense;
use kindbeat_core::practice::Anchor;
use kindbeat_core::practice::Length;
use kindbeat_core::practice::Liking;

/// All routes of the listener at `address`.
pub(super) fn router(shared: Arc<Shared>, address: SocketAddr) -> Router {
    let authority: Arc<str> = address.to_string().into();
    let known = Router::new()
        .route("/p/{id}/", get(page))
        .route("/p/{id}/live", get(live::live))
        .route("/p/{id}/do", post(act))
        .route("/p/{id}/close", post(close))
        .route("/p/{id}/page.css", get(([(CONTENT_TYPE, "text/css; charset=utf-8")], CSS)))
        .route("/p/{id}/page.js", get(([(CONTENT_TYPE, "text/javascript; charset=utf-8")], SCRIPT)))
        .route("/p/{id}/sound.js", get(([(CONTENT_TYPE, "text/javascript; charset=utf-8")], SOUND)))
        .route("/p/{id}/heart.js", get(([(CONTENT_TYPE, "text/javascript; charset=utf-8")], HEART)))
        .route("/p/{id}/icon.svg", get(([(CONTENT_TYPE, "image/svg+xml")], ICON)))
        .route_layer(middleware::from_fn_with_state(Arc::clone(&shared), needs_cookie));
    Router::new()
        .route(ENTRANCE, get(enter))
        .route("/page.css", get(([(CONTENT_TYPE, "text/css; charset=utf-8")], CSS)))
        .merge(known)
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .layer(middleware::from_fn(move |request, next| {
            guarded(Arc::clone(&authority), request, next)
        }))
        .with_state(shared)
}

/// Checks every request with the guard, and seals every answer.
async fn guarded(authority: Arc<str>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let mut response = match guard::check(&parts, &authority) {
        Ok(()) => next.run(Request::from_parts(parts, body)).await,
        Err((status, reason)) => {
            debug!(reason, "request refused");
            status.into_response()
        }
    };
    if response.status().is_client_error() {
        // Whoever is refused does not keep a place.
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    guard::seal(response.headers_mut());
    response
}

/// Lets a request through if it has the cookie of the page.
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

/// The address that opens a page once. Its path is always the same and tells nothing: Chromium gives a window under Wayland a name of
/// host and path, which window rules need and other programs may list. There's no `&` in it, which means something to a shell.
pub(super) fn url(address: SocketAddr, id: &PageId, token: &Secret) -> String {
    format!("http://{address}{ENTRANCE}?once={}.{}", id.as_str(), token.reveal())
}

/// The query of [`url`].
#[derive(Default, Deserialize)]
#[serde(default)]
struct Entrance {
    once: String,
}

/// Takes the token of an address and sets the cookie. Only the address without the token stays in the browser's history.
async fn enter(State(shared): State<Arc<Shared>>, Query(asked): Query<Entrance>) -> Response {
    let (id, token) = asked.once.split_once('.').unwrap_or_default();
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
    if !open.pages.redeem(id, token, cookie, now) {
        drop(open);
        debug!(reason = "token", "request refused");
        return refused(&shared);
    }
    let awaited = open.awaited.iter().position(|(awaited, _)| awaited.as_str() == id);
    if let Some(index) = awaited {
        // The opener may have given up.
        let _ = open.awaited.swap_remove(index).1.send(());
    }
    drop(open);
    shared.notify();
    let headers = [(header::SET_COOKIE, set), (header::LOCATION, format!("/p/{id}/"))];
    (StatusCode::SEE_OTHER, headers).into_response()
}

async fn page(State(shared): State<Arc<Shared>>, Path(id): Path<String>) -> Response {
    let open = shared.open();
    // It closed since its cookie was looked at.
    let Some(proof) = open.pages.proof(&id) else {
        drop(open);
        return refused(&shared);
    };
    Html(html::document(&shared.view.borrow(), proof.reveal())).into_response()
}

/// An action of a person, as the page sends it.
#[derive(Deserialize)]
struct Action {
    r#do: String,
    value: Option<String>,
    #[serde(flatten)]
    said: Fields,
    /// The moment of the break that the page showed during the action.
    seen: Option<String>,
}

/// The fields of a form of several parts.
#[derive(Default, Deserialize)]
struct Fields {
    tense: Option<String>,
    liking: Option<String>,
    note: Option<String>,
    tones: Option<String>,
    voice: Option<String>,
    volume: Option<String>,
}

async fn act(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let action = match timeout(BODY_WITHIN, Form::<Action>::from_request(request, &shared)).await {
        Ok(Ok(Form(action))) => action,
        Ok(Err(rejected)) => return rejected.into_response(),
        Err(_) => return StatusCode::REQUEST_TIMEOUT.into_response(),
    };
    let Some(input) = input(&action.r#do, action.value.as_deref(), &action.said) else {
        return StatusCode::UNPROCESSABLE_ENTITY.into_response();
    };
    // A step that began while a key went down isn't skipped unseen.
    if moves(&input) && action.seen != Some(shared.view.borrow().moment()) {
        return StatusCode::NO_CONTENT.into_response();
    }
    match shared.inputs.send(input).await {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(_) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}

async fn close(State(shared): State<Arc<Shared>>, Path(id): Path<String>) -> StatusCode {
    shared.open().pages.close(&id);
    shared.notify();
    StatusCode::NO_CONTENT
}

fn input(action: &str, value: Option<&str>, fields: &Fields) -> Option<PageInput> {
    Some(match action {
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
        "length" => PageInput::Length(Length::named(value?)?),
        "find-pace" => PageInput::FindPace,
        "other" => PageInput::Other(value?.parse().ok()?),
        "before" => PageInput::Before(tense(value)?),
        "sound" => PageInput::Sound(Sound {
            tones: fields.tones.is_some(),
            voice: fields.voice.is_some(),
            volume: fields.volume.as_deref()?.parse().ok()?,
        }),
        "said" => PageInput::Feedback(Feedback {
            before: None,
            tense: tense(fields.tense.as_deref())?,
            liking: match fields.liking.as_deref() {
                Some("more") => Some(Liking::More),
                Some("less") => Some(Liking::Less),
                Some(_) => return None,
                None => None,
            },
            note: fields.note.as_deref().and_then(Feedback::note),
        }),
        _ => return None,
    })
}

/// `Some(None)`: left without an answer; `None`: not a figure.
#[expect(clippy::option_option, reason = "none chosen is an answer")]
fn tense(value: Option<&str>) -> Option<Option<Tense>> {
    match value {
        Some(figure) => Tense::new(figure.parse().ok()?).map(Some),
        None => Some(None),
    }
}

/// Whether the input moves the break by a step, and so depends on the step that the page showed.
const fn moves(input: &PageInput) -> bool {
    matches!(input, PageInput::Begin | PageInput::Next | PageInput::Back)
}

fn refused(shared: &Shared) -> Response {
    let text = html::refusal(&shared.view.borrow());
    (StatusCode::FORBIDDEN, Html(text)).into_response()
}

/// Where every page is entered.
const ENTRANCE: &str = "/break";

const ANCHORS: [Anchor; 5] =
    [Anchor::Breath, Anchor::Feet, Anchor::Hands, Anchor::Sound, Anchor::Sight];

/// The note is the largest: 200 characters of up to four bytes, each byte as three characters of a form, and the other
/// fields.
const LARGEST_BODY: usize = 4096;
const BODY_WITHIN: Duration = Duration::from_secs(5);

/// Later files take precedence.
const CSS: &str = concat!(
    include_str!("style/ground.css"),
    include_str!("style/step.css"),
    include_str!("style/controls.css"),
    include_str!("style/questions.css"),
    include_str!("style/around.css"),
);
const SCRIPT: &str = include_str!("page.js");
const SOUND: &str = include_str!("sound.js");
const HEART: &str = include_str!("heart.js");
const ICON: &str = include_str!("icon.svg");

#[cfg(test)]
mod tests {
    use super::*;

    fn form(text: &str) -> Option<PageInput> {
        let address = format!("/do?{text}").parse().ok()?;
        let Query(action) = Query::<Action>::try_from_uri(&address).ok()?;
        input(&action.r#do, action.value.as_deref(), &action.said)
    }

    #[test]
    fn everything_a_person_can_do_is_understood_and_nothing_else() {
        assert_eq!(form("do=too-much"), Some(PageInput::TooMuch));
        assert_eq!(form("do=anchor&value=feet"), Some(PageInput::Anchor(Anchor::Feet)));
        assert_eq!(form("do=length&value=5m"), Some(PageInput::Length(Length::FiveMinutes)));
        assert_eq!(form("do=other&value=1"), Some(PageInput::Other(1)));
        assert_eq!(form("do=before&value=10"), Some(PageInput::Before(Tense::new(10))));
        assert_eq!(form("do=find-pace"), Some(PageInput::FindPace));
        assert_eq!(form("do=before"), Some(PageInput::Before(None)));
        let sound = Sound { tones: true, voice: false, volume: 35 };
        assert_eq!(form("do=sound&tones=on&volume=35"), Some(PageInput::Sound(sound)));
        assert_eq!(form("do=said"), Some(PageInput::Feedback(Feedback::default())));
        let said = Feedback {
            before: None,
            tense: Tense::new(4),
            liking: Some(Liking::Less),
            note: Some("<b>tea</b> & a walk".to_owned()),
        };
        assert_eq!(
            form("do=said&tense=4&liking=less&note=%3Cb%3Etea%3C%2Fb%3E+%26+a+walk"),
            Some(PageInput::Feedback(said))
        );
        for nonsense in [
            "do=",
            "do=closed",
            "do=Next",
            "do=anchor",
            "do=anchor&value=nose",
            "do=length&value=4m",
            "do=other&value=-1",
            "do=before&value=11",
            "do=said&tense=-1",
            "do=said&tense=",
            "do=said&liking=much",
            "do=sound",
            "do=sound&volume=300",
        ] {
            assert_eq!(form(nonsense), None, "{nonsense}");
        }
    }

    #[test]
    fn the_files_of_the_page_are_small_and_self_contained() {
        assert!(
            CSS.len() + SCRIPT.len() + SOUND.len() + HEART.len() + ICON.len() < 60_000,
            "with the page itself under 100 KB"
        );
        for text in [CSS, SCRIPT, SOUND, HEART, &ICON.replace("http://www.w3.org/2000/svg", "")] {
            for never in ["http:", "https:", "//cdn", "@import", "url(", "eval(", "import("] {
                assert!(!text.contains(never), "{never}");
            }
        }
    }
}
