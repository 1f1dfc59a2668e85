//! Who may ask: the name that the server was reached under, the page that asks, the token.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use super::problem::Problem;
use super::{Options, Token};

/// Names of this machine that nobody else can have a name server say.
const LOOPBACK: [&str; 3] = ["localhost", "127.0.0.1", "[::1]"];

/// What requests are held against.
#[derive(Debug)]
pub(super) struct Guard {
    hosts: Vec<String>,
    origins: Vec<String>,
    token: Option<Token>,
}

impl Guard {
    pub(super) fn new(options: &Options) -> Self {
        let lower = |texts: &[String]| texts.iter().map(|text| text.to_ascii_lowercase()).collect();
        Self { hosts: lower(&options.hosts), origins: lower(&options.origins), token: options.token.clone() }
    }

    fn check(&self, uri: &Uri, headers: &HeaderMap) -> Result<(), Problem> {
        let host = self.check_host(uri, headers)?;
        self.check_origin(&host, headers)?;
        self.check_token(headers)
    }

    /// A name that is not this server's was given to its address by somebody else (DNS rebinding).
    fn check_host(&self, uri: &Uri, headers: &HeaderMap) -> Result<String, Problem> {
        let named = match uri.authority() {
            Some(authority) => Some(authority.clone()),
            None => {
                only(headers, &header::HOST)?.and_then(|host| host.to_str().ok()?.parse::<Authority>().ok())
            }
        };
        let Some(named) = named else {
            return Err(Problem::new(StatusCode::BAD_REQUEST, "the request has no valid `Host`"));
        };
        let (whole, name) = (named.as_str().to_ascii_lowercase(), named.host().to_ascii_lowercase());
        if LOOPBACK.contains(&name.as_str()) || self.hosts.iter().any(|host| *host == name || *host == whole)
        {
            return Ok(whole);
        }
        let detail = format!("this server is not known as `{name}`; `--allow-host {name}` makes it so");
        Err(Problem::new(StatusCode::FORBIDDEN, detail))
    }

    /// Browsers say which page asks; other clients say nothing, or that they are this server's own.
    fn check_origin(&self, host: &str, headers: &HeaderMap) -> Result<(), Problem> {
        let Some(origin) = only(headers, &header::ORIGIN)? else { return Ok(()) };
        let origin = String::from_utf8_lossy(origin.as_bytes()).to_ascii_lowercase();
        let own = ["http", "https"].iter().any(|scheme| origin == format!("{scheme}://{host}"));
        if own || self.origins.contains(&origin) {
            return Ok(());
        }
        let detail = format!("pages of `{origin}` may not ask; `--allow-origin {origin}` lets them");
        Err(Problem::new(StatusCode::FORBIDDEN, detail))
    }

    fn check_token(&self, headers: &HeaderMap) -> Result<(), Problem> {
        let Some(token) = &self.token else { return Ok(()) };
        let shown = only(headers, &header::AUTHORIZATION)?.and_then(|value| {
            let (scheme, shown) = value.as_bytes().split_at_checked("Bearer ".len())?;
            scheme.eq_ignore_ascii_case(b"bearer ").then_some(shown)
        });
        if shown.is_some_and(|shown| token.is(shown)) {
            return Ok(());
        }
        let detail = "this server wants its token: `Authorization: Bearer TOKEN`";
        Err(Problem::new(StatusCode::UNAUTHORIZED, detail)
            .with(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer")))
    }
}

/// A header that is there at most once: of two, whoever stands in front may have looked at the other.
fn only<'a>(headers: &'a HeaderMap, name: &header::HeaderName) -> Result<Option<&'a HeaderValue>, Problem> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (value, None) => Ok(value),
        (_, Some(_)) => {
            Err(Problem::new(StatusCode::BAD_REQUEST, format!("the header `{name}` is there twice")))
        }
    }
}

/// Lets through who may ask.
pub(super) async fn guard(State(guard): State<Arc<Guard>>, request: Request, next: Next) -> Response {
    match guard.check(request.uri(), request.headers()) {
        Ok(()) => next.run(request).await,
        Err(problem) => problem.into_response(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(options: &Options, headers: &[(&'static str, &str)]) -> u16 {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, value.parse().unwrap());
        }
        match Guard::new(options).check(&Uri::from_static("/mcp"), &map) {
            Ok(()) => 200,
            Err(problem) => problem.into_response().status().as_u16(),
        }
    }

    #[test]
    fn names_and_origins_that_are_not_this_servers_are_refused() {
        let options = Options {
            hosts: vec!["Tool.example".to_owned(), "other.example:8443".to_owned()],
            origins: vec!["https://app.example".to_owned()],
            ..Options::default()
        };
        let cases: [(&[(&'static str, &str)], u16); 18] = [
            (&[("host", "localhost:8080")], 200),
            (&[("host", "127.0.0.1")], 200),
            (&[("host", "[::1]:9")], 200),
            (&[("host", "TOOL.example:1")], 200),
            (&[("host", "other.example:8443")], 200),
            (&[("host", "other.example")], 403),
            (&[("host", "localhost.evil.example")], 403),
            (&[("host", "127.0.0.1.evil.example")], 403),
            (&[("host", "evil.example")], 403),
            (&[], 400),
            (&[("host", "localhost"), ("host", "evil.example")], 400),
            (&[("host", "localhost"), ("origin", "https://app.example")], 200),
            (&[("host", "localhost"), ("origin", "https://app.example.evil")], 403),
            (&[("host", "localhost"), ("origin", "null")], 403),
            (&[("host", "localhost:80"), ("origin", "http://localhost:81")], 403),
            (&[("host", "localhost:80"), ("origin", "http://localhost")], 403),
            (&[("host", "localhost:80"), ("origin", "http://localhost:80")], 200),
            (&[("host", "evil.example"), ("origin", "http://evil.example")], 403),
        ];
        for (headers, expected) in cases {
            assert_eq!(check(&options, headers), expected, "{headers:?}");
        }
    }

    #[test]
    fn token_is_asked_for_where_there_is_one() {
        let options = Options { token: Token::new("0123456789abcdef").ok(), ..Options::default() };
        let cases: [(&[&str], u16); 6] = [
            (&[], 401),
            (&["Bearer 0123456789abcdef"], 200),
            (&["bearer 0123456789abcdef"], 200),
            (&["Bearer 0123456789abcdeF"], 401),
            (&["Basic 0123456789abcdef"], 401),
            (&["Bearer 0123456789abcdef", "Bearer 0123456789abcdef"], 400),
        ];
        for (shown, expected) in cases {
            let mut headers = vec![("host", "localhost")];
            headers.extend(shown.iter().map(|value| ("authorization", *value)));
            assert_eq!(check(&options, &headers), expected, "{shown:?}");
        }
    }
}
