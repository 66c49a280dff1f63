//! The plainest client of HTTP there is, over connections that stay open: what it takes itself stands in no figure's way,
//! although what measures is not optimised.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    ops::Range,
    sync::atomic::{AtomicUsize, Ordering},
    thread,
    time::Instant,
};

/// How many connections load comes over.
const CONNECTIONS: usize = 4;

/// A connection to a server.
pub struct Connection {
    stream: BufReader<TcpStream>,
    /// The server, with its port.
    host: String,
}

/// An answer.
pub struct Answer {
    pub status: u16,
    pub body: Vec<u8>,
    /// Where the page after this one is, of a list.
    pub next: Option<String>,
}

impl Connection {
    /// To the server at this URL.
    pub fn open(url: &str) -> Connection {
        let host = url.strip_prefix("http://").expect("a URL").to_owned();
        let stream = TcpStream::connect(&host).unwrap_or_else(|error| panic!("{url}: {error}"));
        stream.set_nodelay(true).expect("a socket");
        Connection { stream: BufReader::with_capacity(1 << 16, stream), host }
    }

    /// Asks, and reads the answer whole.
    pub fn send(&mut self, method: &str, path: &str, body: &str) -> Answer {
        let Connection { stream, host } = self;
        let length = body.len();
        let request =
            format!("{method} {path} HTTP/1.1\r\nhost: {host}\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}");
        stream.get_mut().write_all(request.as_bytes()).expect("a server that reads");
        let status = line(stream).split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
        let (mut next, mut length, mut is_chunked) = (None, 0, false);
        loop {
            let header = line(stream);
            let Some((name, value)) = header.split_once(": ") else { break };
            match name.to_ascii_lowercase().as_str() {
                "link" => next = next_page(value, host),
                "content-length" => length = value.parse().expect("a length"),
                "transfer-encoding" => is_chunked = true,
                _ => {}
            }
        }
        let mut body = Vec::new();
        if is_chunked {
            loop {
                let size = usize::from_str_radix(&line(stream), 16).expect("a chunk");
                more(stream, &mut body, size);
                line(stream);
                if size == 0 {
                    break;
                }
            }
        } else {
            more(stream, &mut body, length);
        }
        Answer { status, body, next }
    }
}

fn line(stream: &mut BufReader<TcpStream>) -> String {
    let mut line = String::new();
    stream.read_line(&mut line).expect("a server that answers");
    line.trim_end().to_owned()
}

fn more(stream: &mut BufReader<TcpStream>, body: &mut Vec<u8>, size: usize) {
    let before = body.len();
    body.resize(before + size, 0);
    stream.read_exact(&mut body[before..]).expect("a whole answer");
}

/// The path of the next page, as the header's links name it.
fn next_page(links: &str, host: &str) -> Option<String> {
    let link = links.split(',').find(|link| link.contains("rel=\"next\""))?;
    let target = link.trim().strip_prefix('<')?.split('>').next()?;
    Some(target.strip_prefix(&format!("http://{host}")).unwrap_or(target).to_owned())
}

/// Makes the clients of these numbers as fast as the server lets it: seconds. What `more` says, each says too.
pub fn create_clients(url: &str, numbers: Range<usize>, more: &str) -> f64 {
    let next = AtomicUsize::new(numbers.start);
    let began = Instant::now();
    thread::scope(|scope| {
        for _ in 0..CONNECTIONS {
            scope.spawn(|| {
                let mut connection = Connection::open(url);
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= numbers.end {
                        break;
                    }
                    let body =
                        format!(r#"{{"client_name":"Client {number}","grant_types":["client_credentials"],"scope":"read write"{more}}}"#);
                    let answer = connection.send("POST", "/admin/clients", &body);
                    assert_eq!(answer.status, 201, "{}", String::from_utf8_lossy(&answer.body));
                }
            });
        }
    });
    began.elapsed().as_secs_f64()
}

/// How a list was read.
pub struct Listed {
    /// Seconds.
    pub time: f64,
    pub pages: usize,
    pub bytes: usize,
}

/// Reads all clients by pages of five hundred, and does nothing with them.
pub fn list_clients(url: &str) -> Listed {
    let mut connection = Connection::open(url);
    let (mut pages, mut bytes) = (0, 0);
    let mut next = Some("/admin/clients?page_size=500".to_owned());
    let began = Instant::now();
    while let Some(path) = next {
        let answer = connection.send("GET", &path, "");
        assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
        (pages, bytes, next) = (pages + 1, bytes + answer.body.len(), answer.next);
    }
    Listed { time: began.elapsed().as_secs_f64(), pages, bytes }
}
