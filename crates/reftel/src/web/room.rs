//! What the pages ask of the archive, off the threads that answer requests.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use reftel_analysis::Series;
use reftel_archive::{
    Archive, Books, Completion, Entry, ErrorKind, Gathered, Holdings, Id, Phantom, Query, Rejected, Resolved,
    Search, Sort, Telegram, Watched, Web,
};

use tokio::sync::Semaphore;

use super::pages::dates::Dates;
use super::pages::desk::{Desk, SavedLine, WatchLine, Watching, named};
use super::pages::failure::Failure;
use super::pages::home::{EXAMPLES, examples as candidates};
use super::pages::picture::NODES_MAX;
use super::pages::search::{Asked, Order, PAGE, Results, Why};
use crate::around::Around;
use crate::copies::{self, Copies};
use crate::family::Family;

/// How many questions the archive answers at once: more than this would only wait for the same disk.
const AT_ONCE: usize = 8;

/// How long the numbers of the home page are good for at least; longer where they take long to count.
const HOME_KEPT: Duration = Duration::from_secs(2);

/// How many of the newest and of the oldest telegrams the home page shows.
const ENDS: usize = 4;

/// How many of the telegrams that are new to a saved search are shown.
const NEW_MAX: usize = 50;

/// How many ways to go on with a query are offered.
const COMPLETIONS: usize = 20;

/// The archive behind the pages.
#[derive(Debug)]
pub(crate) struct Room {
    dir: PathBuf,
    /// Opened at the first question.
    archive: Mutex<Option<Arc<Archive>>>,
    turns: Arc<Semaphore>,
    home: Mutex<Option<(Instant, Arc<Home>)>>,
}

/// What the home page tells.
#[derive(Clone, Debug, Default)]
pub(crate) struct Home {
    /// What the archive holds.
    pub(crate) holdings: Holdings,
    /// Its books.
    pub(crate) books: Books,
    /// The newest telegrams.
    pub(crate) newest: Vec<Entry>,
    /// The oldest.
    pub(crate) oldest: Vec<Entry>,
    /// Queries to begin with, each of which finds something, and what it finds.
    pub(crate) examples: Vec<(String, &'static str)>,
    /// Kept, but not yet to be found by a search.
    pub(crate) unindexed: usize,
}

/// What the page of a telegram tells.
#[derive(Clone, Debug)]
pub(crate) struct Shown {
    /// The telegram.
    pub(crate) telegram: Telegram,
    /// What it cites, who cites it.
    pub(crate) web: Web,
    /// What the numbers that it cites mean.
    pub(crate) resolved: Vec<Resolved>,
    /// The one before it in its post's series.
    pub(crate) previous: Option<Entry>,
    /// The one after it.
    pub(crate) next: Option<Entry>,
    /// Its copies.
    pub(crate) copies: Gathered,
}

/// How many telegrams of a family a page shows.
const FAMILY: usize = 300;

impl Room {
    /// The room of the archive in `dir`, which need not exist yet.
    pub(crate) fn new(dir: PathBuf) -> Room {
        Room {
            dir,
            archive: Mutex::default(),
            turns: Arc::new(Semaphore::new(AT_ONCE)),
            home: Mutex::default(),
        }
    }

    /// The archive's directory.
    pub(crate) fn dir(&self) -> &Path {
        &self.dir
    }

    fn opened(&self) -> reftel_archive::Result<Arc<Archive>> {
        let mut archive = self.archive.lock().unwrap_or_else(PoisonError::into_inner);
        match &*archive {
            Some(archive) => Ok(Arc::clone(archive)),
            None => Ok(Arc::clone(archive.insert(Arc::new(Archive::open(&self.dir)?)))),
        }
    }

    /// Runs `question` on an archive, on a thread that may wait.
    async fn ask<T: Send + 'static>(
        self: &Arc<Self>,
        question: impl FnOnce(&Archive) -> reftel_archive::Result<T> + Send + 'static,
    ) -> Result<T, Failure> {
        let turn = Arc::clone(&self.turns).acquire_owned().await;
        let room = Arc::clone(self);
        let answer = tokio::task::spawn_blocking(move || {
            // Held until the answer is there, also where nobody waits for it any more.
            let _turn = turn;
            let archive = room.opened()?;
            let answer = question(&archive);
            // An archive that fails may have been moved away: the next question opens it anew.
            if answer
                .as_ref()
                .err()
                .is_some_and(|error| !matches!(error.kind(), ErrorKind::NotFound | ErrorKind::Query))
            {
                room.archive.lock().unwrap_or_else(PoisonError::into_inner).take();
            }
            answer
        });
        match answer.await {
            Ok(answer) => answer.map_err(Failure::from),
            Err(_) => Err(Failure::broken()),
        }
    }

    /// The home page's numbers; `None` where there is no archive, or nothing in it.
    pub(crate) async fn home(self: &Arc<Self>) -> Result<Option<Arc<Home>>, Failure> {
        {
            let kept = self.home.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some((until, home)) = kept.as_ref()
                && Instant::now() < *until
            {
                return Ok(Some(Arc::clone(home)));
            }
        }
        if !self.dir.exists() {
            return Ok(None);
        }
        let started = Instant::now();
        let ends = [everything(Sort::Newest, ENDS, false)?, everything(Sort::Oldest, ENDS, false)?];
        let home = match self.ask(move |archive| count_home(archive, &ends)).await {
            Ok(home) if home.holdings.telegrams == 0 => return Ok(None),
            Ok(home) => Arc::new(home),
            Err(failure) if failure.is_no_archive() => return Ok(None),
            Err(failure) => return Err(failure),
        };
        // At most a tenth of the time goes into counting.
        let until = Instant::now() + HOME_KEPT.max(started.elapsed() * 10);
        *self.home.lock().unwrap_or_else(PoisonError::into_inner) = Some((until, Arc::clone(&home)));
        Ok(Some(home))
    }

    /// One page of results, without those that are copies of one before them; of each, its other copies; and how all
    /// that was found lies in time.
    pub(crate) async fn search(self: &Arc<Self>, query: Query, asked: &Asked) -> Result<Results, Failure> {
        let sort = match asked.sort {
            Order::Relevance | Order::Both => Sort::Relevance,
            Order::Newest => Sort::Newest,
            Order::Oldest => Sort::Oldest,
        };
        let both = asked.sort == Order::Both;
        let offset = (asked.page - 1).saturating_mul(PAGE);
        let search = Search { query, sort, offset, limit: PAGE, facets: true, snippets: true };
        let after = asked.after.filter(|_| offset > 0 && !both).map(Id);
        let started = Instant::now();
        let asked = self.ask(move |archive| {
            let behind =
                after.map(|after| archive.search_after(&Search { offset: 0, ..search.clone() }, after));
            let mut found = match behind {
                Some(Ok(found)) => found,
                Some(Err(error)) if error.kind() != ErrorKind::NotFound => return Err(error),
                // The telegram that it was to begin behind isn't found any more: then the page is counted.
                _ if both && !search.query.is_of_phantoms() => archive.search_hybrid(&search)?,
                _ => archive.search(&search)?,
            };
            let dates = if both { None } else { Dates::of(archive, &search.query, &found)? };
            let last = found.hits.last().map(|hit| hit.id);
            let copies = copies::fold(archive, &mut found)?;
            let meanings = archive.knows_meanings();
            Ok(Results { found, copies, dates, last, meanings, elapsed: started.elapsed() })
        });
        asked.await
    }

    /// What the parts of a query find, and what they had to do with these hits.
    pub(crate) async fn explain(self: &Arc<Self>, query: Query, ids: Vec<Id>) -> Result<Why, Failure> {
        self.ask(move |archive| {
            Ok(Why { explained: archive.explain(&query)?, reasons: archive.reasons(&query, &ids)? })
        })
        .await
    }

    /// The saved searches and watch lists.
    pub(crate) async fn desk(self: &Arc<Self>) -> Result<Desk, Failure> {
        let desk = self.ask(move |archive| {
            let last = archive.last_searchable()?;
            let mut desk = Desk::default();
            for saved in archive.saved()? {
                let counts = match Query::parse(&saved.query) {
                    Ok(query) => {
                        let new = archive.count(query.clone().between(saved.seen, last))?;
                        Some((archive.count(query)?, new))
                    }
                    Err(_) => None,
                };
                desk.saved.push(SavedLine { name: saved.name, query: saved.query, counts });
            }
            for list in archive.watch_lists()? {
                let watched = archive.watch(&archive.watch_list(&list.name)?, list.seen, last)?;
                let new = Watched::together(&watched);
                desk.lists.push(WatchLine { name: list.name, terms: list.terms, new });
            }
            Ok(desk)
        });
        match desk.await {
            Err(failure) if failure.is_no_archive() => Ok(Desk::default()),
            answer => answer,
        }
    }

    /// A saved search's query, how many telegrams are new to it, and the newest of these. `None` if there is none of
    /// that name, or its query isn't one any more.
    pub(crate) async fn saved_new(
        self: &Arc<Self>,
        name: String,
    ) -> Result<Option<(String, usize, Vec<Entry>)>, Failure> {
        self.ask(move |archive| {
            let Some(saved) = archive.saved()?.into_iter().find(|saved| saved.name == name) else {
                return Ok(None);
            };
            let Ok(query) = Query::parse(&saved.query) else { return Ok(None) };
            let query = query.between(saved.seen, archive.last_searchable()?);
            let (sort, offset, limit) = (Sort::Newest, 0, NEW_MAX);
            let search = Search { query, sort, offset, limit, facets: false, snippets: false };
            let found = archive.search(&search)?;
            let entries = found.hits.into_iter().map(Entry::from).collect();
            Ok(Some((saved.query, found.total, entries)))
        })
        .await
    }

    /// What a watch list finds, in all or in what is new; `None` if there is none of that name.
    pub(crate) async fn watching(
        self: &Arc<Self>,
        name: String,
        new: bool,
    ) -> Result<Option<Watching>, Failure> {
        self.ask(move |archive| {
            let lists = archive.watch_lists()?;
            let Some(list) = lists.into_iter().find(|list| list.name == name) else { return Ok(None) };
            let terms = archive.watch_list(&name)?;
            let behind = if new { list.seen } else { Id(0) };
            let mut watched = archive.watch(&terms, behind, archive.last_searchable()?)?;
            watched.retain(|one| !one.telegrams.is_empty());
            let mut numbers = Vec::with_capacity(watched.len());
            for one in &watched {
                let ids = named(one);
                let of = archive.numbers(&ids)?;
                numbers.push(ids.into_iter().zip(of).collect());
            }
            Ok(Some(Watching { name, new, terms: terms.len(), watched, numbers }))
        })
        .await
    }

    /// How a query that is being typed could go on.
    pub(crate) async fn complete(self: &Arc<Self>, query: String) -> Result<Vec<Completion>, Failure> {
        match self.ask(move |archive| archive.complete(&query, COMPLETIONS)).await {
            Err(failure) if failure.is_no_archive() => Ok(Vec::new()),
            answer => answer,
        }
    }

    /// The telegrams with this number, and those that cite it.
    pub(crate) async fn number(self: &Arc<Self>, mrn: String) -> Result<(Vec<Entry>, Vec<Entry>), Failure> {
        self.ask(move |archive| {
            let held = archive.by_mrn(&mrn)?;
            let citing = if held.len() == 1 { Vec::new() } else { archive.citing(&mrn)? };
            Ok((held, citing))
        })
        .await
    }

    /// What is known of a number that no telegram here carries.
    pub(crate) async fn phantom(self: &Arc<Self>, mrn: String) -> Result<Option<Phantom>, Failure> {
        self.ask(move |archive| archive.phantom(&mrn)).await
    }

    /// The copies of a telegram.
    pub(crate) async fn copies(self: &Arc<Self>, id: Id) -> Result<Copies, Failure> {
        self.ask(move |archive| Copies::of(archive, id)).await
    }

    /// All that references join to a number, oldest first.
    pub(crate) async fn family(self: &Arc<Self>, mrn: String) -> Result<Family, Failure> {
        self.ask(move |archive| Family::of(archive, &mrn, FAMILY)).await
    }

    /// The web around a telegram.
    pub(crate) async fn around(self: &Arc<Self>, id: Id) -> Result<Around, Failure> {
        self.ask(move |archive| Around::of(archive, id, NODES_MAX)).await
    }

    /// The series of all posts, or of one.
    pub(crate) async fn series(self: &Arc<Self>, post: Option<String>) -> Result<Vec<Series>, Failure> {
        match self.ask(move |archive| crate::series::all(archive, post.as_deref(), None)).await {
            Err(failure) if failure.is_no_archive() => Ok(Vec::new()),
            answer => answer,
        }
    }

    /// One telegram and what is around it.
    pub(crate) async fn shown(self: &Arc<Self>, id: Id) -> Result<Shown, Failure> {
        self.ask(move |archive| {
            let telegram = archive.telegram(id)?;
            let web = archive.web(id)?;
            let resolved = archive.resolve(&telegram)?;
            let (previous, next) = archive.neighbours(id)?;
            let copies = archive.copies(id)?;
            Ok(Shown { telegram, web, resolved, previous, next, copies })
        })
        .await
    }

    /// The number and the bytes of a telegram.
    pub(crate) async fn bytes(self: &Arc<Self>, id: Id) -> Result<(Option<String>, Vec<u8>), Failure> {
        self.ask(move |archive| {
            let telegram = archive.telegram(id)?;
            let bytes = telegram.collected.map_or(telegram.bytes, |collected| collected.bytes);
            Ok((telegram.card.mrn, bytes))
        })
        .await
    }

    /// One telegram.
    pub(crate) async fn telegram(self: &Arc<Self>, id: Id) -> Result<Telegram, Failure> {
        self.ask(move |archive| archive.telegram(id)).await
    }

    /// The TAGS, with counts.
    pub(crate) async fn tags(self: &Arc<Self>) -> Result<Vec<(String, u64)>, Failure> {
        let search = everything(Sort::Relevance, 0, true)?;
        let found = self.ask(move |archive| archive.search(&search)).await;
        match found {
            Ok(found) => Ok(found.facets.tags),
            Err(failure) if failure.is_no_archive() => Ok(Vec::new()),
            Err(failure) => Err(failure),
        }
    }

    /// The books, and what is in them but not in the archive.
    pub(crate) async fn books(self: &Arc<Self>) -> Result<(Books, Vec<Rejected>), Failure> {
        match self.ask(|archive| Ok((archive.books()?, archive.rejected()?))).await {
            Err(failure) if failure.is_no_archive() => Ok(Default::default()),
            answer => answer,
        }
    }
}

/// Every telegram.
fn everything(sort: Sort, limit: usize, facets: bool) -> Result<Search, Failure> {
    let query = Query::parse("*").map_err(|_| Failure::broken())?;
    Ok(Search { query, sort, offset: 0, limit, facets, snippets: false })
}

fn count_home(archive: &Archive, [newest, oldest]: &[Search; 2]) -> reftel_archive::Result<Home> {
    let holdings = archive.holdings()?;
    let books = archive.books()?;
    let end = |search| -> reftel_archive::Result<(Vec<Entry>, usize)> {
        let found = archive.search(search)?;
        let entries = found.hits.into_iter().map(Entry::from).collect();
        Ok((entries, found.unindexed))
    };
    let (newest, unindexed) = end(newest)?;
    let (oldest, _) = end(oldest)?;
    let mut examples = Vec::new();
    for (text, what) in candidates(&holdings) {
        let Ok(query) = Query::parse(&text) else { continue };
        let (sort, offset, limit) = (Sort::Relevance, 0, 1);
        let search = Search { query, sort, offset, limit, facets: false, snippets: false };
        if examples.len() < EXAMPLES && archive.search(&search)?.total > 0 {
            examples.push((text, what));
        }
    }
    Ok(Home { holdings, books, newest, oldest, examples, unindexed })
}
