//! What every request must be, and what every answer says to the browser.

use std::sync::Arc;

use axum::{
    extract::{Path, Request, State},
    http::{
        HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Version,
        header::{self, COOKIE, HOST, ORIGIN},
        uri::Authority,
    },
    middleware::Next,
    response::{IntoResponse as _, Response},
};

use super::Site;

/// Nothing but this server's own files and answers; no inline script or style, no eval, no frame,
/// no form, no base, no way to turn text into script or markup.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
    img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; \
    frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

const HEADERS: [(HeaderName, &str); 8] = [
    (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::CACHE_CONTROL, "no-store"),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(), microphone=(), geolocation=(), clipboard-read=(), clipboard-write=()",
    ),
];
const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Refuses what does not come from this desk's own page, before anything else sees it.
pub(super) async fn guard(State(site): State<Arc<Site>>, request: Request, next: Next) -> Response {
    let mut response = match refused(&site, &request) {
        Some(status) => status.into_response(),
        None => next.run(request).await,
    };
    for (name, value) in HEADERS {
        let value = HeaderValue::from_static(value);
        response.headers_mut().insert(name, value);
    }
    response
}

/// Lets through who holds the cookie of the page that the path names.
pub(super) async fn session(
    State(site): State<Arc<Site>>,
    Path(page): Path<String>,
    request: Request,
    next: Next,
) -> Response {
    let Some(seat) = site.seat(&page) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let cookies = request.headers().get_all(COOKIE);
    let holds = cookies
        .iter()
        .filter_map(|value| value.to_str().ok())
        .any(|value| seat.session.holds(value));
    if holds {
        next.run(request).await
    } else {
        StatusCode::UNAUTHORIZED.into_response()
    }
}

/// A name that another host's page made its own points here as well (DNS rebinding), so the name
/// must be the address; and a page of another origin may send requests, so the origin must be ours.
fn refused(site: &Site, request: &Request) -> Option<StatusCode> {
    let headers = request.headers();
    if !names_us(site, headers) {
        return Some(StatusCode::MISDIRECTED_REQUEST);
    }
    let ours = format!("http://{}", site.authority);
    let origin_is_ours = match headers.get(ORIGIN) {
        // Browsers name the origin of every POST.
        None => request.method() == Method::GET,
        Some(_) => only(headers, &ORIGIN) == Some(ours.as_str()),
    };
    // "none": somebody typed the address, or a program opened it.
    let site_is_ours = match headers.get(FETCH_SITE) {
        None => true,
        Some(from) => from == "same-origin" || from == "none",
    };
    (!origin_is_ours || !site_is_ours).then_some(StatusCode::FORBIDDEN)
}

/// Whether the request names this server by its address.
pub(super) fn names_us(site: &Site, headers: &HeaderMap) -> bool {
    only(headers, &HOST) == Some(site.authority.as_str())
}

/// The same for HTTP/2, where the name is a part of the request's target (RFC 9113, 8.3.1).
pub(super) fn names_us_in_target(site: &Site, request: &Request) -> bool {
    let target = request.uri().authority().map(Authority::as_str);
    request.version() == Version::HTTP_2 && target == Some(site.authority.as_str())
}

/// Whether a browser sent it for a page, ours or another.
pub(super) fn is_from_a_page(headers: &HeaderMap) -> bool {
    headers.contains_key(ORIGIN) || headers.contains_key(FETCH_SITE)
}

/// The value of a header that is there once.
fn only<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h str> {
    let mut values = headers.get_all(name).iter();
    let first = values.next()?.to_str().ok()?;
    values.next().is_none().then_some(first)
}
