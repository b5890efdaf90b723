#include "launcher/http_client.h"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <array>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>
#include <exception>
#include <memory>
#include <vector>

#include "base/openssl_init.h"
#include "base/sha256.h"
#include "base/text.h"

namespace launcher {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;

constexpr std::size_t kMaxBodyBytes = std::size_t{1} << 20U;
constexpr std::uint32_t kMaxHeaderBytes = 16384;

/// Zeroes what it gives back: the request carries a key, the reply private keys.
template <typename T>
struct WipingAllocator {
  using value_type = T;
  WipingAllocator() = default;
  template <typename U>
  explicit WipingAllocator(const WipingAllocator<U>&) {}
  T* allocate(std::size_t count) { return std::allocator<T>().allocate(count); }
  void deallocate(T* address, std::size_t count) {
    base::wipe_memory(address, count * sizeof(T));
    std::allocator<T>().deallocate(address, count);
  }
  bool operator==(const WipingAllocator&) const { return true; }
};

using Fields = http::basic_fields<WipingAllocator<char>>;
using Body = http::basic_string_body<char, std::char_traits<char>, WipingAllocator<char>>;
using Buffer = beast::basic_flat_buffer<WipingAllocator<char>>;

struct Free {
  void operator()(BIO* bio) const { BIO_free(bio); }
  void operator()(X509_STORE* store) const { X509_STORE_free(store); }
  void operator()(X509_STORE_CTX* context) const { X509_STORE_CTX_free(context); }
};

bool has_fingerprint(X509* certificate, const std::string& sha256_hex) {
  std::vector<std::uint8_t> der(
      static_cast<std::size_t>(std::max(i2d_X509(certificate, nullptr), 0)));
  unsigned char* at = der.data();
  if (der.empty() || i2d_X509(certificate, &at) <= 0) return false;
  const auto digest = base::sha256(der);
  return digest.ok() && base::to_hex(digest.value()) == sha256_hex;
}

bool is_ip_address(const std::string& text) {
  std::array<unsigned char, sizeof(in6_addr)> raw{};
  return inet_pton(AF_INET, text.c_str(), raw.data()) == 1 ||
         inet_pton(AF_INET6, text.c_str(), raw.data()) == 1;
}

X509* find_pinned(STACK_OF(X509) * chain, const std::string& sha256_hex) {
  for (int i = 1; chain != nullptr && i < sk_X509_num(chain); ++i)
    if (has_fingerprint(sk_X509_value(chain, i), sha256_hex)) return sk_X509_value(chain, i);
  return nullptr;
}

/// False: there is no certificate to trust.
bool add_trusted(const HttpRequest& request, STACK_OF(X509) * chain, X509_STORE* store) {
  if (!request.ca_sha256_hex.empty()) {
    X509* const pinned = find_pinned(chain, request.ca_sha256_hex);
    return pinned != nullptr && X509_STORE_add_cert(store, pinned) == 1;
  }
  const std::unique_ptr<BIO, Free> text(
      BIO_new_mem_buf(request.trusted_pem.data(), static_cast<int>(request.trusted_pem.size())));
  bool any = false;
  while (X509* const read = PEM_read_bio_X509(text.get(), nullptr, nullptr, nullptr)) {
    any = X509_STORE_add_cert(store, read) == 1 || any;
    X509_free(read);
  }
  ERR_clear_error();
  return any;
}

/// Verifies the chain with what the request trusts as its only roots. A callback of OpenSSL:
/// returns 1 for good.
int verify_chain(X509_STORE_CTX* presented, void* argument) {
  const auto& request = *static_cast<const HttpRequest*>(argument);
  X509* const leaf = X509_STORE_CTX_get0_cert(presented);
  STACK_OF(X509)* const chain = X509_STORE_CTX_get0_untrusted(presented);
  const std::unique_ptr<X509_STORE, Free> store(X509_STORE_new());
  const std::unique_ptr<X509_STORE_CTX, Free> context(X509_STORE_CTX_new());
  X509_STORE_CTX_set_error(presented, X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN);
  if (!store || !context || !add_trusted(request, chain, store.get()) ||
      X509_STORE_CTX_init(context.get(), store.get(), leaf, chain) != 1)
    return 0;
  X509_VERIFY_PARAM* const wanted = X509_STORE_CTX_get0_param(context.get());
  X509_VERIFY_PARAM_set_flags(wanted, X509_V_FLAG_NO_CHECK_TIME);
  if (request.ca_sha256_hex.empty()) X509_VERIFY_PARAM_set_flags(wanted, X509_V_FLAG_PARTIAL_CHAIN);
  const int named = is_ip_address(request.host)
                        ? X509_VERIFY_PARAM_set1_ip_asc(wanted, request.host.c_str())
                        : X509_VERIFY_PARAM_set1_host(wanted, request.host.c_str(), 0);
  const int good = named == 1 && X509_verify_cert(context.get()) == 1 ? 1 : 0;
  X509_STORE_CTX_set_error(presented,
                           good == 1 ? X509_V_OK : X509_STORE_CTX_get_error(context.get()));
  return good;
}

http::request<Body, Fields> message_of(const HttpRequest& request) {
  http::request<Body, Fields> message{request.body.empty() ? http::verb::get : http::verb::post,
                                      request.target, 11};
  message.set(http::field::host, request.host + ":" + request.port);
  message.set(http::field::content_type, "application/json;charset=utf-8");
  message.set(http::field::accept, "application/json");
  message.set(http::field::connection, "close");
  if (!request.authorization.empty())
    message.set(http::field::authorization, request.authorization.expose());
  if (!request.body.empty()) {
    message.body() = request.body.expose();
    message.prepare_payload();
  }
  return message;
}

/// Sends the request over a stream that is ready for it.
template <typename Stream>
asio::awaitable<HttpReply> exchange(const HttpRequest& request, Stream& stream) {
  const auto message = message_of(request);
  beast::get_lowest_layer(stream).expires_after(request.timeout);
  co_await http::async_write(stream, message, asio::use_awaitable);
  Buffer buffer;
  http::response_parser<Body, WipingAllocator<char>> parser;
  parser.body_limit(kMaxBodyBytes);
  parser.header_limit(kMaxHeaderBytes);
  co_await http::async_read(stream, buffer, parser, asio::use_awaitable);
  co_return HttpReply{static_cast<int>(parser.get().result_int()),
                      base::Secret::copy_of(std::string_view(parser.get().body()))};
}

asio::awaitable<HttpReply> connect_and_exchange(const HttpRequest& request,
                                                asio::ssl::context& tls) {
  const auto executor = co_await asio::this_coro::executor;
  asio::ip::tcp::resolver resolver(executor);
  beast::ssl_stream<beast::tcp_stream> stream(executor, tls);
  auto& tcp = beast::get_lowest_layer(stream);
  const auto endpoints =
      co_await resolver.async_resolve(request.host, request.port, asio::use_awaitable);
  tcp.expires_after(request.timeout);
  co_await tcp.async_connect(endpoints, asio::use_awaitable);
  if (request.ca_sha256_hex.empty() && request.trusted_pem.empty())
    co_return co_await exchange(request, tcp);
  if (!is_ip_address(request.host))
    SSL_set_tlsext_host_name(stream.native_handle(), request.host.c_str());
  tcp.expires_after(request.timeout);
  co_await stream.async_handshake(asio::ssl::stream_base::client, asio::use_awaitable);
  co_return co_await exchange(request, stream);
}

/// What asio and beast say of a failure, with the one case that deserves words of its own.
std::string reason_of(const boost::system::system_error& failed) {
  if (failed.code().category() == asio::error::get_ssl_category() &&
      std::string_view(failed.what()).find("verify failed") != std::string_view::npos)
    return "its certificate is not of the CA that was named, or not for this address";
  return failed.code().message();
}

}  // namespace

base::Result<HttpReply> http_exchange(const HttpRequest& request) {
  base::init_openssl();
  std::string reason;
  try {
    asio::io_context io;
    asio::ssl::context tls(asio::ssl::context::tls_client);
    SSL_CTX_set_min_proto_version(tls.native_handle(), TLS1_2_VERSION);
    SSL_CTX_set_cert_verify_callback(tls.native_handle(), verify_chain,
                                     const_cast<HttpRequest*>(&request));
    tls.set_verify_mode(asio::ssl::verify_peer);
    HttpReply reply;
    asio::co_spawn(io, connect_and_exchange(request, tls),
                   [&](const std::exception_ptr& thrown, HttpReply received) {
                     if (thrown) std::rethrow_exception(thrown);
                     reply = std::move(received);
                   });
    io.run();
    return reply;
  } catch (const boost::system::system_error& failed) {
    reason = reason_of(failed);
  } catch (const std::exception& failed) {
    reason = failed.what();
  }
  return base::Error{base::ErrorKind::kUnavailable, std::move(reason), "", 0};
}

}  // namespace launcher
