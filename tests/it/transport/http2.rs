//! What comes over a connection, byte by byte: calls that nobody can understand, callers who go away, answers that are
//! longer than there is room for. Spoken with the library h2 or with bare bytes, since a client of gRPC does none of it.

use std::future::poll_fn;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::{BufMut as _, Bytes, BytesMut};
use h2::client::{self, SendRequest};
use h2::{Reason, RecvStream};
use janiform::frontends::terraform::serve::{ServeOptions, serve};
use janiform_proto::tfplugin6::provider_server::{Provider, ProviderServer};
use janiform_proto::tfplugin6::{DynamicValue, call_function, list_resource};
use prost::Message as _;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::UnixStream;
use tokio::sync::{Notify, mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tonic::codegen::BoxStream;
use tonic::codegen::http::{Method, Request, Response};
use tonic::{Code, Status};

use super::{SOON, lookup};

const CALL: &str = "/tfplugin6.Provider/CallFunction";
const LIST: &str = "/tfplugin6.Provider/ListResource";
const DAMAGED: [&str; 6] =
    ["/", "//", "/tfplugin6.Provider", "/tfplugin6.Provider/", "/tfplugin6.Provider/CallFunction/CallFunction", "/Provider/CallFunction"];

/// So many objects are in a list, and so long is the name of each.
const LISTED: usize = 1_000;
const LONG: usize = 1_000;

/// A provider whose functions return their argument. `held` waits until the test lets it go on, and tells the test how it ended.
struct Fake {
    begun: mpsc::UnboundedSender<()>,
    go_on: Arc<Notify>,
    over: mpsc::UnboundedSender<bool>,
    /// So many objects of lists were made.
    made: Arc<AtomicUsize>,
}

/// Tells, once a call is over, whether it was carried out.
struct Under {
    over: mpsc::UnboundedSender<bool>,
    is_done: bool,
}

impl Drop for Under {
    fn drop(&mut self) {
        let _ = self.over.send(self.is_done);
    }
}

#[tonic::async_trait]
impl Provider for Fake {
    async fn call_function(
        &self,
        request: tonic::Request<call_function::Request>,
    ) -> Result<tonic::Response<call_function::Response>, Status> {
        let call_function::Request { name, mut arguments } = request.into_inner();
        if name == "held" {
            let mut under = Under { over: self.over.clone(), is_done: false };
            self.begun.send(()).unwrap();
            self.go_on.notified().await;
            under.is_done = true;
        }
        Ok(tonic::Response::new(call_function::Response { result: arguments.pop(), error: None }))
    }

    async fn list_resource(
        &self,
        request: tonic::Request<list_resource::Request>,
    ) -> Result<tonic::Response<BoxStream<list_resource::Event>>, Status> {
        if request.into_inner().type_name == "held" {
            let under = Under { over: self.over.clone(), is_done: false };
            let events = tokio_stream::pending();
            return Ok(tonic::Response::new(Box::pin(tokio_stream::StreamExt::map(events, move |event| {
                let _ = &under;
                event
            }))));
        }
        let made = self.made.clone();
        let events = (0..LISTED).map(move |number| {
            made.fetch_add(1, Ordering::SeqCst);
            Ok(list_resource::Event { display_name: format!("{number:0LONG$}"), ..list_resource::Event::default() })
        });
        Ok(tonic::Response::new(Box::pin(tokio_stream::iter(events))))
    }
}

/// A served fake, and how its calls go.
struct Server {
    path: String,
    stop: CancellationToken,
    task: JoinHandle<()>,
    begun: mpsc::UnboundedReceiver<()>,
    go_on: Arc<Notify>,
    over: mpsc::UnboundedReceiver<bool>,
    made: Arc<AtomicUsize>,
    _dir: TempDir,
}

impl Server {
    async fn start() -> Server {
        let dir = tempfile::tempdir().unwrap();
        let env = janiform::frontends::terraform::plugin::PluginEnv::from_lookup(lookup(&[("TMPDIR", dir.path().to_str().unwrap())]));
        let (stop, go_on) = (CancellationToken::new(), Arc::new(Notify::new()));
        let (to_begun, begun) = mpsc::unbounded_channel();
        let (to_over, over) = mpsc::unbounded_channel();
        let (announced, line) = oneshot::channel();
        let options = ServeOptions::plugin(env).stop_with(stop.clone()).embedded(|line| {
            announced.send(line.to_owned()).unwrap();
            Ok(())
        });
        let made = Arc::<AtomicUsize>::default();
        let fake = ProviderServer::new(Fake { begun: to_begun, go_on: go_on.clone(), over: to_over, made: made.clone() });
        let task = tokio::spawn(async { serve(fake, options).await.unwrap() });
        let line = timeout(SOON, line).await.unwrap().unwrap();
        let path = line.split('|').nth(3).unwrap().to_owned();
        Server { path, stop, task, begun, go_on, over, made, _dir: dir }
    }

    async fn socket(&self) -> UnixStream {
        UnixStream::connect(&self.path).await.unwrap()
    }

    /// A connection that has room for so many bytes of each answer.
    async fn connect(&self, window: u32) -> Connection {
        let mut builder = client::Builder::new();
        builder.initial_window_size(window).initial_connection_window_size(1 << 20);
        let (sender, connection) = builder.handshake(self.socket().await).await.unwrap();
        let driven = tokio::spawn(async { drop(connection.await) });
        Connection { sender, driven }
    }

    /// That it still serves others.
    async fn is_well(&self) {
        let mut connection = self.connect(1 << 16).await;
        let answer = connection.call(CALL, framed(&argument("echo", b"well"))).await;
        assert_eq!(answer, (Code::Ok, Some(b"well".to_vec())));
    }

    async fn end(self) {
        self.stop.cancel();
        timeout(SOON, self.task).await.unwrap().unwrap();
    }
}

struct Connection {
    sender: SendRequest<Bytes>,
    driven: JoinHandle<()>,
}

fn request(path: &str) -> Request<()> {
    let request = Request::builder().method(Method::POST).uri(format!("http://localhost{path}"));
    request.header("content-type", "application/grpc").header("te", "trailers").body(()).unwrap()
}

impl Connection {
    /// Sends this as the whole of a call: its code, and the text in the answer.
    async fn call(&mut self, path: &str, body: Bytes) -> (Code, Option<Vec<u8>>) {
        let ready = poll_fn(|cx| self.sender.poll_ready(cx));
        timeout(SOON, ready).await.unwrap().unwrap();
        let (answer, mut stream) = self.sender.send_request(request(path), false).unwrap();
        stream.send_data(body, true).unwrap();
        answered(timeout(SOON, answer).await.unwrap().unwrap()).await
    }
}

/// What an answer says, read whole.
async fn answered(answer: Response<RecvStream>) -> (Code, Option<Vec<u8>>) {
    assert_eq!(answer.status(), 200);
    let (head, mut stream) = answer.into_parts();
    let mut body = BytesMut::new();
    while let Some(data) = timeout(SOON, stream.data()).await.unwrap() {
        let data = data.unwrap();
        stream.flow_control().release_capacity(data.len()).unwrap();
        body.extend_from_slice(&data);
    }
    let trailers = timeout(SOON, stream.trailers()).await.unwrap().unwrap().unwrap_or_default();
    let code = head.headers.get("grpc-status").or(trailers.get("grpc-status")).expect("a status");
    let code = Code::from_bytes(code.as_bytes());
    let message = (!body.is_empty()).then(|| call_function::Response::decode(&body[5..]).unwrap().result.unwrap().json);
    (code, message)
}

fn argument(name: &str, text: &[u8]) -> Vec<u8> {
    let argument = DynamicValue { json: text.to_vec(), msgpack: Vec::new() };
    call_function::Request { name: name.to_owned(), arguments: vec![argument] }.encode_to_vec()
}

/// A message in its frame of gRPC: not compressed, and its length.
fn framed(message: &[u8]) -> Bytes {
    framed_as(0, message.len() as u32, message)
}

fn framed_as(flag: u8, length: u32, message: &[u8]) -> Bytes {
    let mut frame = BytesMut::new();
    frame.put_u8(flag);
    frame.put_u32(length);
    frame.put_slice(message);
    frame.freeze()
}

#[tokio::test]
async fn what_is_no_method_of_a_service_is_unimplemented() {
    let server = Server::start().await;
    let mut connection = server.connect(1 << 16).await;
    for path in DAMAGED {
        let (code, _) = connection.call(path, framed(&argument("echo", b"-"))).await;
        assert_eq!(code, Code::Unimplemented, "{path}");
    }
    let answer = connection.call(CALL, framed(&argument("echo", b"then"))).await;
    assert_eq!(answer, (Code::Ok, Some(b"then".to_vec())));
    server.end().await;
}

#[tokio::test]
async fn a_message_that_is_too_long_is_refused_before_it_has_come() {
    let server = Server::start().await;
    let mut connection = server.connect(1 << 16).await;
    let (answer, mut stream) = connection.sender.send_request(request(CALL), false).unwrap();
    // Its beginning alone, of 300 MiB: who waits for the rest waits for ever.
    stream.send_data(framed_as(0, 300 << 20, b"beginning"), false).unwrap();
    assert_eq!(answered(timeout(SOON, answer).await.unwrap().unwrap()).await, (Code::OutOfRange, None));
    let answer = connection.call(CALL, framed(&argument("echo", b"then"))).await;
    assert_eq!(answer, (Code::Ok, Some(b"then".to_vec())));
    server.end().await;
}

#[tokio::test]
async fn damaged_messages_are_answered_by_an_error() {
    let server = Server::start().await;
    let mut connection = server.connect(1 << 16).await;
    let message = argument("echo", b"-");
    let damaged = [
        ("a flag that does not exist", framed_as(7, message.len() as u32, &message)),
        ("compressed, which was not agreed on", framed_as(1, message.len() as u32, &message)),
        ("shorter than it says", framed_as(0, message.len() as u32 + 10, &message)),
        ("half a length", Bytes::from_static(&[0, 0, 0])),
        ("no message", Bytes::new()),
        ("no protobuf", framed(&[0xff; 16])),
    ];
    for (what, body) in damaged {
        let (code, text) = connection.call(CALL, body).await;
        assert!(code != Code::Ok && text.is_none(), "{what}: {code:?}");
    }
    let answer = connection.call(CALL, framed(&argument("echo", b"then"))).await;
    assert_eq!(answer, (Code::Ok, Some(b"then".to_vec())));
    server.end().await;
}

#[tokio::test]
async fn a_call_that_is_given_up_ends_and_the_connection_goes_on() {
    let mut server = Server::start().await;
    let mut connection = server.connect(1 << 16).await;
    let (answer, mut stream) = connection.sender.send_request(request(CALL), false).unwrap();
    stream.send_data(framed(&argument("held", b"-")), true).unwrap();
    timeout(SOON, server.begun.recv()).await.unwrap().unwrap();
    stream.send_reset(Reason::CANCEL);
    drop(answer);
    assert_eq!(timeout(SOON, server.over.recv()).await.unwrap(), Some(false), "nobody waits for it any more");
    let answer = connection.call(CALL, framed(&argument("echo", b"then"))).await;
    assert_eq!(answer, (Code::Ok, Some(b"then".to_vec())));
    server.end().await;
}

#[tokio::test]
async fn a_list_that_is_given_up_ends() {
    let mut server = Server::start().await;
    let mut connection = server.connect(1 << 16).await;
    let (answer, mut stream) = connection.sender.send_request(request(LIST), false).unwrap();
    let held = list_resource::Request { type_name: "held".to_owned(), ..list_resource::Request::default() };
    stream.send_data(framed(&held.encode_to_vec()), true).unwrap();
    let answer = timeout(SOON, answer).await.unwrap().unwrap();
    stream.send_reset(Reason::CANCEL);
    assert_eq!(timeout(SOON, server.over.recv()).await.unwrap(), Some(false), "nobody waits for it any more");
    drop(answer);
    server.is_well().await;
    server.end().await;
}

#[tokio::test]
async fn a_caller_who_goes_away_ends_their_calls() {
    let mut server = Server::start().await;
    let mut connection = server.connect(1 << 16).await;
    let (_answer, mut stream) = connection.sender.send_request(request(CALL), false).unwrap();
    stream.send_data(framed(&argument("held", b"-")), true).unwrap();
    timeout(SOON, server.begun.recv()).await.unwrap().unwrap();
    // Without a word: the socket is closed.
    connection.driven.abort();
    assert_eq!(timeout(SOON, server.over.recv()).await.unwrap(), Some(false));
    server.is_well().await;
    server.end().await;
}

#[tokio::test]
async fn bytes_that_are_no_http2_end_only_their_connection() {
    const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    let settings = [0, 0, 0, 4, 0, 0, 0, 0, 0];
    let damaged: [(&str, Vec<u8>); 6] = [
        ("another protocol", b"GET / HTTP/1.1\r\nhost: localhost\r\n\r\n".to_vec()),
        ("a frame that is longer than allowed", [PREFACE, &settings, &[0xff, 0xff, 0xff, 0, 0, 0, 0, 0, 1]].concat()),
        ("data of a call that nobody began", [PREFACE, &settings, &[0, 0, 1, 0, 0, 0, 0, 0, 1, 0]].concat()),
        ("headers that cannot be unpacked", [PREFACE, &settings, &[0, 0, 2, 1, 5, 0, 0, 0, 1, 0xff, 0xff]].concat()),
        ("an even number, which is the server's", [PREFACE, &settings, &[0, 0, 1, 1, 5, 0, 0, 0, 2, 0x82]].concat()),
        ("settings with half a value", [PREFACE, &[0, 0, 3, 4, 0, 0, 0, 0, 0, 0, 0, 0]].concat()),
    ];
    let server = Server::start().await;
    for (what, bytes) in damaged {
        let mut socket = server.socket().await;
        socket.write_all(&bytes).await.unwrap();
        // It may say why, and closes.
        let mut said = Vec::new();
        timeout(SOON, socket.read_to_end(&mut said)).await.unwrap_or_else(|_| panic!("{what}: it stays open")).ok();
        server.is_well().await;
    }
    server.end().await;
}

#[tokio::test]
async fn headers_that_are_too_long_are_refused() {
    let server = Server::start().await;
    let mut connection = server.connect(1 << 16).await;
    let mut long = request(CALL);
    long.headers_mut().insert("x-long", "x".repeat(20 << 10).parse().unwrap());
    let (answer, mut stream) = connection.sender.send_request(long, false).unwrap();
    let _ = stream.send_data(framed(&argument("echo", b"-")), true);
    match timeout(SOON, answer).await.unwrap() {
        Ok(answer) => assert_eq!(answer.status(), 431),
        Err(error) => assert!(error.is_reset() || error.is_go_away(), "{error}"),
    }
    server.is_well().await;
    server.end().await;
}

#[tokio::test]
async fn a_long_answer_waits_for_room_and_holds_no_other_up() {
    const WINDOW: usize = 10_000;
    let text: Vec<u8> = (0..300_000_u32).map(|place| b'a' + (place % 23) as u8).collect();
    let server = Server::start().await;
    let mut connection = server.connect(WINDOW as u32).await;
    let (answer, mut stream) = connection.sender.send_request(request(CALL), false).unwrap();
    stream.send_data(framed(&argument("echo", &text)), true).unwrap();
    let answer = timeout(SOON, answer).await.unwrap().unwrap();
    // While nothing of it is taken, others are answered.
    let other = connection.call(CALL, framed(&argument("echo", b"other"))).await;
    assert_eq!(other, (Code::Ok, Some(b"other".to_vec())));
    let (head, mut stream) = answer.into_parts();
    assert!(head.headers.get("grpc-status").is_none());
    let mut body = BytesMut::new();
    let mut held = 0;
    while let Some(data) = timeout(SOON, stream.data()).await.unwrap() {
        let data = data.unwrap();
        held += data.len();
        assert!(held <= WINDOW, "{held} bytes came where there is room for {WINDOW}");
        body.extend_from_slice(&data);
        // Only when all the room is used is there more of it.
        if held == WINDOW || body.len() > text.len() {
            stream.flow_control().release_capacity(held).unwrap();
            held = 0;
        }
    }
    let trailers = timeout(SOON, stream.trailers()).await.unwrap().unwrap().unwrap();
    assert_eq!(trailers["grpc-status"], "0");
    assert_eq!(call_function::Response::decode(&body[5..]).unwrap().result.unwrap().json, text);
    server.end().await;
}

#[tokio::test]
async fn the_end_of_a_short_answer_needs_no_room() {
    let expected = call_function::Response { result: Some(DynamicValue { json: b"short".to_vec(), msgpack: vec![] }), error: None };
    let expected = framed(&expected.encode_to_vec());
    let server = Server::start().await;
    let mut connection = server.connect(expected.len() as u32).await;
    let (answer, mut stream) = connection.sender.send_request(request(CALL), false).unwrap();
    stream.send_data(framed(&argument("echo", b"short")), true).unwrap();
    let mut stream = timeout(SOON, answer).await.unwrap().unwrap().into_body();
    // Its message uses all the room.
    let mut body = BytesMut::new();
    while let Some(data) = timeout(SOON, stream.data()).await.unwrap() {
        body.extend_from_slice(&data.unwrap());
    }
    assert_eq!(body, expected);
    assert_eq!(timeout(SOON, stream.trailers()).await.unwrap().unwrap().unwrap()["grpc-status"], "0");
    server.end().await;
}

#[tokio::test]
async fn a_list_is_made_as_there_is_room_for_it() {
    let server = Server::start().await;
    let mut connection = server.connect(10_000).await;
    let (answer, mut stream) = connection.sender.send_request(request(LIST), false).unwrap();
    stream.send_data(framed(&list_resource::Request::default().encode_to_vec()), true).unwrap();
    let answer = timeout(SOON, answer).await.unwrap().unwrap();
    // Others are answered, and nothing of it is taken.
    for _ in 0..10 {
        let other = connection.call(CALL, framed(&argument("echo", b"other"))).await;
        assert_eq!(other, (Code::Ok, Some(b"other".to_vec())));
    }
    let made = server.made.load(Ordering::SeqCst);
    assert!(made < 100, "{made} of {LISTED} were made where there is room for ten");
    let mut stream = answer.into_body();
    let mut body = BytesMut::new();
    while let Some(data) = timeout(SOON, stream.data()).await.unwrap() {
        let data = data.unwrap();
        stream.flow_control().release_capacity(data.len()).unwrap();
        body.extend_from_slice(&data);
    }
    assert_eq!(timeout(SOON, stream.trailers()).await.unwrap().unwrap().unwrap()["grpc-status"], "0");
    let mut frames = &body[..];
    for number in 0..LISTED {
        let length = u32::from_be_bytes(frames[1..5].try_into().unwrap()) as usize;
        let event = list_resource::Event::decode(&frames[5..5 + length]).unwrap();
        assert_eq!(event.display_name.parse(), Ok(number));
        frames = &frames[5 + length..];
    }
    assert!(frames.is_empty());
    server.end().await;
}

/// Longer than what may be on its way.
#[tokio::test]
async fn a_long_request_comes_whole() {
    let text: Vec<u8> = (0..3_000_000_u32).map(|place| b'a' + (place % 23) as u8).collect();
    let server = Server::start().await;
    let mut connection = server.connect(1 << 16).await;
    for _ in 0..2 {
        let answer = timeout(SOON, connection.call(CALL, framed(&argument("echo", &text)))).await.unwrap();
        assert!(answer == (Code::Ok, Some(text.clone())));
    }
    server.end().await;
}

#[tokio::test]
async fn at_the_end_calls_under_way_are_answered_and_none_is_taken() {
    let mut server = Server::start().await;
    let mut connection = server.connect(1 << 16).await;
    let (answer, mut stream) = connection.sender.send_request(request(CALL), false).unwrap();
    stream.send_data(framed(&argument("held", b"kept")), true).unwrap();
    timeout(SOON, server.begun.recv()).await.unwrap().unwrap();
    server.stop.cancel();
    // It says that it ends: then a client sends nothing more.
    let refused = async {
        loop {
            match poll_fn(|cx| connection.sender.poll_ready(cx)).await.and_then(|()| connection.sender.send_request(request("/"), true)) {
                Ok((answer, _)) => drop(answer.await),
                Err(error) => break error,
            }
        }
    };
    assert!(timeout(SOON, refused).await.unwrap().is_go_away());
    server.go_on.notify_one();
    assert_eq!(answered(timeout(SOON, answer).await.unwrap().unwrap()).await, (Code::Ok, Some(b"kept".to_vec())));
    assert_eq!(server.over.recv().await, Some(true));
    timeout(SOON, server.task).await.unwrap().unwrap();
}
