//! Connections: how many there may be, and how long each may take.
//!
//! The room is for one reader, whose browser opens a handful of connections. Whoever opens hundreds and says
//! nothing on them, or says it a byte a minute, must not keep that reader out: neither by using up the
//! files that this process may open, nor by waiting.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::response::Response;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service as _, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

/// How many connections may be open. A browser opens six; a process may often have 256 files open.
const OPEN_MAX: usize = 100;

/// How long a request's head may take to come, and a connection be silent between requests.
const HEAD: Duration = Duration::from_secs(10);

/// How long a connection may last; then it ends behind the answer that is under way.
const LIFE: Duration = Duration::from_mins(2);

/// How long that answer may still take.
const LAST: Duration = Duration::from_mins(1);

/// How long answers may still take when the room closes.
const CLOSING: Duration = Duration::from_secs(2);

/// How long to wait where a connection can't be accepted, for lack of files.
const PAUSE: Duration = Duration::from_millis(50);

/// An open connection.
struct Connection {
    task: JoinHandle<()>,
    /// Whether a page is being made for it.
    asking: Arc<AtomicBool>,
}

/// Answers until `stop`, and then lets what is being answered end.
pub(crate) async fn serve(listener: TcpListener, routes: Router, stop: impl Future<Output = ()>) {
    let mut stop = pin!(stop);
    let (closing, closed) = watch::channel(());
    let routes = TowerToHyperService::new(routes);
    let mut open: VecDeque<Connection> = VecDeque::new();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut stop => break,
        };
        open.retain(|connection| !connection.task.is_finished());
        if accepted.is_err() || open.len() >= OPEN_MAX {
            make_room(&mut open);
        }
        match accepted {
            Ok((stream, _)) => open.push_back(accept(stream, &routes, &closed)),
            Err(_) => sleep(PAUSE).await,
        }
    }
    drop(listener);
    // All connections wait for it.
    drop(closing);
    let ended = async {
        for connection in open {
            let _ = connection.task.await;
        }
    };
    let _ = timeout(CLOSING, ended).await;
}

/// Closes the oldest connection for which nothing is being done, or else the oldest.
fn make_room(open: &mut VecDeque<Connection>) {
    let idle = open.iter().position(|connection| !connection.asking.load(Ordering::Relaxed));
    if let Some(connection) = open.remove(idle.unwrap_or_default()) {
        connection.task.abort();
    }
}

/// Begins to answer on a connection.
fn accept(
    stream: TcpStream,
    routes: &TowerToHyperService<Router>,
    closed: &watch::Receiver<()>,
) -> Connection {
    let asking = Arc::new(AtomicBool::new(false));
    let (routes, noted) = (routes.clone(), Arc::clone(&asking));
    let answer = service_fn(move |request: Request<Incoming>| {
        noted.store(true, Ordering::Relaxed);
        let (answer, noted) = (routes.call(request), Arc::clone(&noted));
        async move {
            let answer: Result<Response, Infallible> = answer.await;
            noted.store(false, Ordering::Relaxed);
            answer
        }
    });
    let mut closed = closed.clone();
    let task = tokio::spawn(async move {
        let mut http = http1::Builder::new();
        http.timer(TokioTimer::new()).header_read_timeout(HEAD);
        let mut connection = pin!(http.serve_connection(TokioIo::new(stream), answer));
        tokio::select! {
            _ = connection.as_mut() => return,
            _ = closed.changed() => {}
            () = sleep(LIFE) => {}
        }
        connection.as_mut().graceful_shutdown();
        let _ = timeout(LAST, connection).await;
    });
    Connection { task, asking }
}
