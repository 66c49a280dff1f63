//! A network between a tool and a server that fails at random, with a seed, so that a run can be repeated. The fate of a
//! request follows from the seed, from the request, and from the number of its repetitions, since tools send many requests
//! at once, in an order of their own.
//!
//! Knows HTTP/1.1 as [`super::proxy`] does, and nothing of the content.

use super::proxy::Stub;
use std::{
    collections::HashMap,
    io::{Read, Write},
    net::TcpStream,
    sync::{
        Arc, Condvar, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};

/// What becomes of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It is carried out a while later.
    Late,
    /// It is carried out, and the connection closes without an answer.
    LostAnswer,
    /// It is carried out, and the connection closes in the middle of the answer.
    CutAnswer,
    /// It is not carried out, and answered with this status.
    Refused(u16),
    /// It is carried out, and a gateway answers with this status all the same.
    GaveUp(u16),
    /// It is carried out, and the answer comes a few bytes at a time.
    SlowAnswer,
    /// It is not carried out, and somebody answers 200 with a page.
    Page,
    /// It is carried out, and half of the answer comes as if it were whole.
    HalfJson,
    /// It is carried out, and the answer is larger than anybody reads.
    Enormous,
    /// It is not carried out, and the client is sent to another host.
    Redirected(u16),
}

/// How often each fault comes: in a thousand requests.
pub type Rates = Vec<(Fault, u64)>;

/// What an unreliable network has done so far.
pub struct Unreliable {
    pub stub: Stub,
    hit: Arc<AtomicUsize>,
    gate: Arc<Gate>,
}

/// Whether requests have to wait.
#[derive(Default)]
struct Gate {
    is_shut: Mutex<bool>,
    opened: Condvar,
}

impl Gate {
    fn set(&self, is_shut: bool) {
        *self.is_shut.lock().expect("whoever holds it does not panic") = is_shut;
        self.opened.notify_all();
    }

    fn pass(&self) {
        let is_shut = self.is_shut.lock().expect("whoever holds it does not panic");
        drop(self.opened.wait_while(is_shut, |is_shut| *is_shut).expect("whoever holds it does not panic"));
    }
}

impl Unreliable {
    /// In front of this server. After `most` faults all goes well; every request takes `pause` longer. Redirects
    /// lead to `elsewhere`.
    pub fn start(to: &str, rates: Rates, most: usize, seed: u64, pause: Duration, elsewhere: &str) -> Unreliable {
        let (to, elsewhere) = (to.trim_start_matches("http://").to_owned(), elsewhere.to_owned());
        let hit = Arc::new(AtomicUsize::new(0));
        let (hits, left, asked) = (hit.clone(), AtomicUsize::new(most), Mutex::new(HashMap::<String, u64>::new()));
        let gate = Arc::new(Gate::default());
        let entrance = gate.clone();
        let stub = Stub::streaming(move |line, request, client| {
            thread::sleep(pause);
            entrance.pass();
            let what = without_ids(line);
            let before = {
                let mut asked = asked.lock().expect("whoever holds it does not panic");
                let count = asked.entry(what.clone()).or_default();
                std::mem::replace(count, *count + 1)
            };
            let fault = pick(&rates, seed, &what, before)
                .filter(|_| left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok());
            if fault.is_some() {
                hits.fetch_add(1, Ordering::SeqCst);
            }
            // Whoever is gone does not have to hear it.
            let _ = meet(fault, &to, &elsewhere, request, client);
        });
        Unreliable { stub, hit, gate }
    }

    /// While this runs, requests wait: nothing goes on but what somebody does about a signal.
    pub fn held<T>(&self, during: impl FnOnce() -> T) -> T {
        self.gate.set(true);
        let done = during();
        self.gate.set(false);
        done
    }

    pub fn url(&self) -> String {
        self.stub.url()
    }

    /// How many requests met a fault.
    pub fn hit(&self) -> usize {
        self.hit.load(Ordering::SeqCst)
    }
}

/// What is asked, but for ids of nobody's choice, which are others in each run.
fn without_ids(line: &str) -> String {
    let is_id = |segment: &str| segment.len() == 36 && segment.bytes().filter(|byte| *byte == b'-').count() == 4;
    let path = line.split('?').next().unwrap_or_default();
    path.split(['/', ' ']).map(|segment| if is_id(segment) { "*" } else { segment }).collect::<Vec<_>>().join("/")
}

/// What becomes of this request: FNV-1a of what is asked, mixed with the seed as SplitMix64 does.
fn pick(rates: &Rates, seed: u64, what: &str, before: u64) -> Option<Fault> {
    let hash = what.bytes().fold(0xCBF2_9CE4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3));
    let mut mixed = hash ^ seed.wrapping_mul(0x9E37_79B9_7F4A_7C15).wrapping_add(before.wrapping_mul(0xD1B5_4A32_D192_ED03));
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    let mut thrown = (mixed ^ (mixed >> 31)) % 1000;
    rates.iter().find_map(|(fault, rate)| match thrown.checked_sub(*rate) {
        None => Some(*fault),
        Some(rest) => {
            thrown = rest;
            None
        }
    })
}

fn meet(fault: Option<Fault>, to: &str, elsewhere: &str, request: &[u8], client: &mut TcpStream) -> std::io::Result<()> {
    let instead = |client: &mut TcpStream, status: u16, header: &str, body: &str| {
        let head = format!("HTTP/1.1 {status} X\r\n{header}\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}", body.len());
        client.write_all(head.as_bytes())
    };
    match fault {
        Some(Fault::Refused(status)) => return instead(client, status, "content-type: text/plain\r\nretry-after: 0", "no"),
        Some(Fault::Page) => return instead(client, 200, "content-type: text/html", "<!doctype html><title>Sign in</title>"),
        Some(Fault::Redirected(status)) => return instead(client, status, &format!("location: {elsewhere}/admin/clients"), ""),
        Some(Fault::Late) => thread::sleep(Duration::from_millis(500)),
        _ => {}
    }
    let mut upstream = TcpStream::connect(to)?;
    upstream.write_all(request)?;
    let mut answer = Vec::new();
    upstream.read_to_end(&mut answer)?;
    let body = answer.windows(4).position(|window| window == b"\r\n\r\n").map_or(answer.len(), |end| end + 4);
    match fault {
        Some(Fault::LostAnswer) => Ok(()),
        Some(Fault::CutAnswer) => client.write_all(&answer[..body + (answer.len() - body) / 2]),
        Some(Fault::GaveUp(status)) => instead(client, status, "content-type: text/html\r\nretry-after: 0", "<p>no"),
        Some(Fault::HalfJson) => {
            let half = String::from_utf8_lossy(&answer[body..body + (answer.len() - body) / 2]).into_owned();
            instead(client, if request.starts_with(b"POST") { 201 } else { 200 }, "content-type: application/json", &half)
        }
        Some(Fault::SlowAnswer) => {
            let step = (answer.len() / 10).max(1);
            answer.chunks(step).try_for_each(|chunk| {
                thread::sleep(Duration::from_millis(50));
                client.write_all(chunk)
            })
        }
        Some(Fault::Enormous) => {
            client.write_all(b"HTTP/1.1 200 X\r\ncontent-type: application/json\r\nconnection: close\r\n\r\n[")?;
            let chunk = vec![b' '; 1 << 20];
            (0..300).try_for_each(|_| client.write_all(&chunk))
        }
        _ => client.write_all(&answer),
    }
}
