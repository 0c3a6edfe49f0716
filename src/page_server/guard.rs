//! The conditions for a request, and the headers of every answer.

use axum::http::HeaderMap;
use axum::http::HeaderValue;
use axum::http::Method;
use axum::http::StatusCode;
use axum::http::header;
use axum::http::request::Parts;

/// The status and a word for the log when a request may not be answered.
///
/// `authority` is the host that the request has to name: `127.0.0.1:40123`.
pub(super) fn check(request: &Parts, authority: &str) -> Result<(), (StatusCode, &'static str)> {
    let headers = &request.headers;
    if request.method != Method::GET && request.method != Method::POST {
        // HEAD too: it would spend a token and show nothing.
        return Err((StatusCode::METHOD_NOT_ALLOWED, "method"));
    }
    // Another name that points to this machine would let another site reach the page (DNS rebinding).
    if only(headers, "host") != Some(authority)
        || request.uri.authority().is_some_and(|asked| asked.as_str() != authority)
    {
        return Err((StatusCode::MISDIRECTED_REQUEST, "host"));
    }
    let ours = format!("http://{authority}");
    let origin_is_ours = only(headers, "origin") == Some(&ours);
    if !origin_is_ours && (request.method == Method::POST || headers.contains_key("origin")) {
        return Err((StatusCode::FORBIDDEN, "origin"));
    }
    // `none`: the person opened the address, or a program did for them. Another port of this machine is `same-site`.
    let from = headers.get("sec-fetch-site");
    if from.is_some_and(|from| from != "same-origin" && from != "none") {
        return Err((StatusCode::FORBIDDEN, "site"));
    }
    // A browser that prefetches would spend the token on a page that nobody sees.
    if headers.contains_key("sec-purpose") || headers.contains_key("purpose") {
        return Err((StatusCode::FORBIDDEN, "prefetch"));
    }
    Ok(())
}

/// Adds the headers that every answer has.
pub(super) fn seal(headers: &mut HeaderMap) {
    for (name, value) in SEALS {
        headers.insert(name, HeaderValue::from_static(value));
    }
}

/// As name and value.
pub(super) fn cookies(headers: &HeaderMap) -> impl Iterator<Item = (&str, &str)> {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='))
}

/// The value of a header that may occur only once.
fn only<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?.to_str().ok()?;
    values.next().is_none().then_some(value)
}

const SEALS: [(header::HeaderName, &str); 6] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; \
         form-action 'none'; frame-ancestors 'none'",
    ),
    (header::CACHE_CONTROL, "no-store"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

#[cfg(test)]
mod tests {
    use axum::http::Request;

    use super::*;

    const OURS: &str = "127.0.0.1:40123";

    #[track_caller]
    fn answer(method: &str, headers: &[(&str, &str)]) -> &'static str {
        let mut request = Request::builder().method(method).uri("/p/1/");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let (parts, ()) = request.body(()).unwrap().into_parts();
        check(&parts, OURS).map_or_else(|(_, why)| why, |()| "allowed")
    }

    #[test]
    fn a_request_has_to_name_us_as_its_host() {
        assert_eq!(answer("GET", &[("host", OURS)]), "allowed");
        for host in [
            "localhost:40123",
            "127.0.0.1",
            "127.0.0.1:40124",
            "evil.example:40123",
            "[::1]:40123",
            "",
        ] {
            assert_eq!(answer("GET", &[("host", host)]), "host", "{host}");
        }
        assert_eq!(answer("GET", &[]), "host");
        assert_eq!(answer("GET", &[("host", OURS), ("host", OURS)]), "host");
        let absolute =
            Request::get("http://evil.example/p/1/").header("host", OURS).body(()).unwrap();
        assert!(check(&absolute.into_parts().0, OURS).is_err());
    }

    #[test]
    fn what_changes_something_has_to_come_from_our_own_page() {
        let from = |origin| answer("POST", &[("host", OURS), ("origin", origin)]);
        assert_eq!(from("http://127.0.0.1:40123"), "allowed");
        for origin in
            ["http://127.0.0.1:3000", "https://127.0.0.1:40123", "http://evil.example", "null", ""]
        {
            assert_eq!(from(origin), "origin", "{origin}");
        }
        assert_eq!(answer("POST", &[("host", OURS)]), "origin");
        let foreign = [("host", OURS), ("origin", "http://evil.example")];
        assert_eq!(answer("GET", &foreign), "origin");
    }

    #[test]
    fn another_site_and_another_port_lead_nowhere() {
        let from = |site| answer("GET", &[("host", OURS), ("sec-fetch-site", site)]);
        assert_eq!(from("none"), "allowed");
        assert_eq!(from("same-origin"), "allowed");
        assert_eq!(from("same-site"), "site");
        assert_eq!(from("cross-site"), "site");
    }

    #[test]
    fn a_browser_that_looks_ahead_sees_nothing() {
        assert_eq!(answer("GET", &[("host", OURS), ("sec-purpose", "prefetch")]), "prefetch");
    }

    #[test]
    fn only_get_and_post_are_answered() {
        for method in ["HEAD", "PUT", "DELETE", "OPTIONS", "TRACE", "CONNECT", "BREW"] {
            assert_eq!(answer(method, &[("host", OURS)]), "method", "{method}");
        }
    }

    #[test]
    fn cookies_are_read_from_every_line() {
        let mut headers = HeaderMap::new();
        headers.append("cookie", HeaderValue::from_static("a=1; b=2=3"));
        headers.append("cookie", HeaderValue::from_static("c; d="));
        assert_eq!(cookies(&headers).collect::<Vec<_>>(), [("a", "1"), ("b", "2=3"), ("d", "")]);
    }
}
