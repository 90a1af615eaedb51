//! The reading room: an archive's pages, for one reader on the same machine.
//!
//! Pages are functions from plain values to markup, in [`pages`]; this file finds the values and
//! answers requests. It works without scripts, asks nothing of any other machine, and believes no
//! request that names another host.

mod address;
mod assets;
mod connections;
mod explain;
mod fields;
mod layout;
mod narrow;
mod pages;
mod room;
mod text;

#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use axum::extract::{FromRequestParts, Path, Query, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use maud::Markup;
use reftel_archive::Id;

use pages::failure::Failure;
use room::Room;

/// What a page may load: itself, its stylesheet, its fonts, its one small script, which asks this room alone.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; font-src 'self'; \
                      img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// What an original may load, shown raw: nothing.
const RAW_POLICY: &str = "default-src 'none'; sandbox; frame-ancestors 'none'";

type Shared = State<Arc<Room>>;
type Page = Result<Markup, Failure>;

/// Serves the reading room of the archive in `archive_dir` until Ctrl-C or SIGTERM.
pub(crate) async fn serve(archive_dir: PathBuf, listener: TcpListener) -> io::Result<()> {
    let address = listener.local_addr()?;
    listener.set_nonblocking(true)?;
    let listener = tokio::net::TcpListener::from_std(listener)?;
    let routes = router(Arc::new(Room::new(archive_dir)), address);
    connections::serve(listener, routes, stop_signal()).await;
    Ok(())
}

async fn stop_signal() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! { _ = interrupt => {}, _ = terminate.recv() => {} }
            return;
        }
    }
    // Without a signal to wait for, the process is ended from outside.
    if interrupt.await.is_err() {
        std::future::pending::<()>().await;
    }
}

/// Every address, in one list.
fn router(room: Arc<Room>, address: SocketAddr) -> Router {
    let hosts = Arc::new(hosts(address));
    Router::new()
        .route("/", get(home))
        .route("/search", get(search))
        .route("/t/{mrn}", get(by_number))
        .route("/t/{mrn}/raw", get(raw_by_number))
        .route("/t/{mrn}/json", get(json_by_number))
        .route("/t/{mrn}/copies", get(copies))
        .route("/t/{mrn}/thread", get(thread))
        .route("/t/{mrn}/around", get(around))
        .route("/id/{id}", get(by_id))
        .route("/id/{id}/raw", get(raw_by_id))
        .route("/id/{id}/json", get(json_by_id))
        .route("/id/{id}/copies", get(copies_by_id))
        .route("/id/{id}/around", get(around_by_id))
        .route("/saved", get(saved))
        .route("/saved/{name}", get(saved_new))
        .route("/watch/{name}", get(watching))
        .route("/complete", get(complete))
        .route("/posts", get(posts))
        .route("/tags", get(tags))
        .route("/gaps", get(gaps))
        .route("/books", get(books))
        .route("/about", get(about))
        .route("/assets/{name}", get(assets::serve))
        .fallback(async || Failure::no_page())
        .method_not_allowed_fallback(async || Failure::method())
        .with_state(room)
        .layer(middleware::from_fn(move |request, next| guard(hosts.clone(), request, next)))
}

/// The names by which a reader on this machine may call the room. Any other name means that some
/// other page has pointed its own name here (DNS rebinding).
fn hosts(address: SocketAddr) -> Vec<String> {
    let port = address.port();
    let mut hosts = vec![format!("127.0.0.1:{port}"), format!("localhost:{port}"), format!("[::1]:{port}")];
    if !address.ip().is_unspecified() {
        hosts.push(address.to_string());
    }
    if port == 80 {
        hosts.extend(["127.0.0.1", "localhost", "[::1]"].map(str::to_owned));
    }
    hosts
}

/// Turns strangers away, and puts the safety headers on every answer.
async fn guard(hosts: Arc<Vec<String>>, request: Request, next: Next) -> Response {
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok());
    let known = host.is_some_and(|host| hosts.iter().any(|known| known.eq_ignore_ascii_case(host)));
    let mut response = if known {
        // A page that panics costs this answer and not the connection.
        let answer = tokio::spawn(next.run(request)).await;
        answer.unwrap_or_else(|_| Failure::broken().into_response())
    } else {
        Failure::host().into_response()
    };
    let headers = response.headers_mut();
    let mut keep = |name: HeaderName, value: &'static str| {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    };
    keep(header::CONTENT_SECURITY_POLICY, POLICY);
    keep(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    keep(header::REFERRER_POLICY, "no-referrer");
    keep(header::CACHE_CONTROL, "no-cache");
    keep(HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    keep(HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    response
}

/// The part of an address that names something, decoded.
struct Named(String);

impl<S: Send + Sync> FromRequestParts<S> for Named {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Named, Failure> {
        let Path(name) = Path::from_request_parts(parts, state).await.map_err(|_| Failure::address())?;
        Ok(Named(name))
    }
}

/// What an address says behind its `?`. Names that a page doesn't know are ignored.
struct Asked(HashMap<String, String>);

impl<S: Send + Sync> FromRequestParts<S> for Asked {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Asked, Failure> {
        let Query(asked) = Query::from_request_parts(parts, state).await.map_err(|_| Failure::address())?;
        Ok(Asked(asked))
    }
}

async fn home(State(room): Shared) -> Page {
    let Some(home) = room.home().await? else { return Ok(pages::home::empty(room.dir())) };
    Ok(pages::home::page(&home))
}

async fn search(State(room): Shared, Asked(asked): Asked) -> Result<Response, Failure> {
    let text = |name: &str| asked.get(name).map(|value| value.trim()).unwrap_or_default();
    let request = pages::search::Asked {
        query: text("q").to_owned(),
        sort: pages::search::Order::read(text("sort")),
        page: text("page").parse().unwrap_or(1).max(1),
        after: text("after").parse().ok(),
        why: text("why") == "1",
    };
    if request.query.is_empty() {
        return Ok(Redirect::to("/").into_response());
    }
    match reftel_archive::Query::parse(&request.query) {
        Err(error) => Ok((StatusCode::BAD_REQUEST, pages::search::illegal(&request, &error)).into_response()),
        Ok(query) => {
            let results = room.search(query.clone(), &request).await?;
            let found = &results.found;
            let named = named(&room, &request.query).await?;
            let why = if found.missing.is_none() && (request.why || found.total == 0) {
                let ids = found.hits.iter().map(|hit| hit.id).collect();
                Some(room.explain(query.clone(), ids).await?)
            } else {
                None
            };
            let answer = pages::search::Answer {
                results: &results,
                named: named.as_ref(),
                expansions: &query.expansions,
                why: why.as_ref(),
            };
            Ok(pages::search::page(&request, &answer).into_response())
        }
    }
}

/// The number that a query is, if it is nothing else.
async fn named(room: &Arc<Room>, query: &str) -> Result<Option<pages::search::Named>, Failure> {
    let context = reftel_telegram::Context::default();
    let Some(mrn) = reftel_telegram::mrn(&query.to_uppercase(), &context) else { return Ok(None) };
    let (held, citing) = room.number(mrn.clone()).await?;
    Ok(Some(pages::search::Named { mrn, held: held.len(), citing: citing.len() }))
}

/// The telegram of a number; the list of them, where several carry it; who cites it, where none does.
async fn by_number(State(room): Shared, Named(mrn): Named) -> Result<Response, Failure> {
    let (held, citing) = room.number(mrn.clone()).await?;
    match held.as_slice() {
        [one] => {
            let shown = room.shown(one.id).await?;
            Ok(pages::telegram::page(&shown).into_response())
        }
        [] if citing.is_empty() => match canonical(&mrn) {
            Some(canonical) => Ok(Redirect::to(&address::number(&canonical)).into_response()),
            None => Err(Failure::no_number(&mrn)),
        },
        [] => {
            let phantom = room.phantom(mrn.clone()).await?;
            let page = pages::number::missing(&mrn, &citing, phantom.as_ref());
            Ok((StatusCode::NOT_FOUND, page).into_response())
        }
        several => Ok(pages::number::several(&mrn, several, &citing).into_response()),
    }
}

/// The copies of the first telegram with a number; others with it that aren't copies of that are named there.
async fn copies(State(room): Shared, Named(mrn): Named) -> Page {
    let (held, _) = room.number(mrn.clone()).await?;
    let Some(first) = held.first() else { return Err(Failure::no_number(&mrn)) };
    Ok(pages::copies::page(first.id, &room.copies(first.id).await?))
}

/// The copies of a telegram.
async fn copies_by_id(State(room): Shared, Named(id): Named) -> Page {
    let id = read_id(&id)?;
    Ok(pages::copies::page(id, &room.copies(id).await?))
}

/// The family of a telegram.
async fn thread(State(room): Shared, Named(mrn): Named) -> Page {
    let family = room.family(mrn.clone()).await?;
    if family.telegrams.is_empty() {
        return Err(Failure::no_number(&mrn));
    }
    Ok(pages::thread::page(&mrn, &family))
}

/// The web around the first telegram with a number.
async fn around(State(room): Shared, Named(mrn): Named) -> Page {
    let (held, _) = room.number(mrn.clone()).await?;
    let Some(first) = held.first() else { return Err(Failure::no_number(&mrn)) };
    Ok(pages::picture::page(&room.around(first.id).await?))
}

/// The web around a telegram.
async fn around_by_id(State(room): Shared, Named(id): Named) -> Page {
    Ok(pages::picture::page(&room.around(read_id(&id)?).await?))
}

/// What is missing from the posts' series, or from one post's.
async fn gaps(State(room): Shared, Asked(asked): Asked) -> Page {
    let post = asked.get("post").map(|post| post.trim().to_uppercase()).filter(|post| !post.is_empty());
    let series = room.series(post.clone()).await?;
    Ok(match post {
        Some(post) => pages::gaps::post(&post, &series),
        None => pages::gaps::posts(&series),
    })
}

/// The number as the archive writes it, where somebody wrote it otherwise: `09 valdoria 001000`.
fn canonical(mrn: &str) -> Option<String> {
    let upper = mrn.to_uppercase();
    reftel_telegram::mrn(&upper, &reftel_telegram::Context::default()).filter(|canonical| canonical != mrn)
}

async fn by_id(State(room): Shared, Named(id): Named) -> Page {
    let shown = room.shown(read_id(&id)?).await?;
    Ok(pages::telegram::page(&shown))
}

fn read_id(id: &str) -> Result<Id, Failure> {
    id.parse().map(Id).map_err(|_| Failure::no_page())
}

/// The one telegram of a number; otherwise the answer that says why there isn't one.
async fn sole(room: &Arc<Room>, mrn: String) -> Result<Result<Id, Response>, Failure> {
    let (held, _) = room.number(mrn.clone()).await?;
    match held.as_slice() {
        [one] => Ok(Ok(one.id)),
        [] => Err(Failure::no_number(&mrn)),
        _ => Ok(Err(Redirect::to(&address::number(&mrn)).into_response())),
    }
}

async fn raw_by_number(State(room): Shared, Named(mrn): Named) -> Result<Response, Failure> {
    match sole(&room, mrn).await? {
        Ok(id) => raw(&room, id).await,
        Err(several) => Ok(several),
    }
}

async fn json_by_number(State(room): Shared, Named(mrn): Named) -> Result<Response, Failure> {
    match sole(&room, mrn).await? {
        Ok(id) => json(&room, id).await,
        Err(several) => Ok(several),
    }
}

async fn json_by_id(State(room): Shared, Named(id): Named) -> Result<Response, Failure> {
    json(&room, read_id(&id)?).await
}

/// The record, as `reftel parse` prints it.
async fn json(room: &Arc<Room>, id: Id) -> Result<Response, Failure> {
    let telegram = room.telegram(id).await?;
    let path = telegram.sources.first().map(|source| source.path.display().to_string());
    let record = crate::json::Telegram::kept(&telegram, path.as_deref().unwrap_or_default());
    let text = crate::json::print(&record, true);
    let text = text.map_err(|_| Failure::broken())?;
    let policy = HeaderValue::from_static(RAW_POLICY);
    let kind = HeaderValue::from_static("application/json");
    Ok(([(header::CONTENT_TYPE, kind), (header::CONTENT_SECURITY_POLICY, policy)], text).into_response())
}

async fn raw_by_id(State(room): Shared, Named(id): Named) -> Result<Response, Failure> {
    raw(&room, read_id(&id)?).await
}

/// The bytes, exactly, under a name that is safe to save.
async fn raw(room: &Arc<Room>, id: Id) -> Result<Response, Failure> {
    let (mrn, bytes) = room.bytes(id).await?;
    let (_, encoding) = reftel_telegram::decode(&bytes);
    let name = address::file_name(&mrn.unwrap_or_else(|| format!("telegram-{}", id.0)), "txt");
    let mut headers = HeaderMap::new();
    for (key, value) in [
        (header::CONTENT_TYPE, format!("text/plain; charset={encoding}")),
        (header::CONTENT_DISPOSITION, format!("inline; filename=\"{name}\"")),
        (header::CONTENT_SECURITY_POLICY, RAW_POLICY.to_owned()),
    ] {
        headers.insert(key, HeaderValue::from_str(&value).map_err(|_| Failure::no_page())?);
    }
    Ok((headers, bytes).into_response())
}

async fn saved(State(room): Shared) -> Page {
    Ok(pages::desk::page(&room.desk().await?))
}

async fn saved_new(State(room): Shared, Named(name): Named) -> Page {
    let Some((query, total, new)) = room.saved_new(name.clone()).await? else {
        return Err(Failure::no_page());
    };
    Ok(pages::desk::new(&name, &query, total, &new))
}

async fn watching(State(room): Shared, Named(name): Named, Asked(asked): Asked) -> Page {
    let new = asked.get("new").is_some_and(|new| new == "1");
    let watching = room.watching(name, new).await?.ok_or_else(Failure::no_page)?;
    Ok(pages::desk::watching(&watching))
}

/// How a query could go on, as the page's script asks for it.
async fn complete(State(room): Shared, Asked(asked): Asked) -> Result<Response, Failure> {
    let query = asked.get("q").cloned().unwrap_or_default();
    let list = room.complete(query).await?;
    let list = crate::json::completions(&list);
    let kind = HeaderValue::from_static("application/json");
    let text = crate::json::print(&list, false).map_err(|_| Failure::broken())?;
    Ok(([(header::CONTENT_TYPE, kind)], text).into_response())
}

async fn posts(State(room): Shared) -> Page {
    let home = room.home().await?;
    Ok(pages::browse::posts(home.as_deref()))
}

async fn tags(State(room): Shared) -> Page {
    Ok(pages::browse::tags(&room.tags().await?))
}

async fn books(State(room): Shared, Asked(asked): Asked) -> Page {
    let page = asked.get("page").and_then(|page| page.parse().ok()).unwrap_or(1).max(1);
    let (books, rejected) = room.books().await?;
    Ok(pages::books::page(&books, &rejected, page))
}

async fn about() -> Markup {
    pages::about::page()
}
