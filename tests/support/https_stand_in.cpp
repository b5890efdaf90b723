#include "tests/support/https_stand_in.h"

#include <boost/asio.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/json.hpp>

#include "base/base64.h"
#include "base/clock.h"
#include "certgen/certificates.h"
#include "certgen/keys.h"
#include "certgen/pkcs12.h"
#include "certgen/tls_material.h"

namespace test_support {

namespace asio = boost::asio;

namespace {

certgen::TlsMaterial make_material(certgen::KeyType key_type = certgen::KeyType::kEcP256) {
  certgen::TlsRequest request;
  request.node_name = "standin";
  request.http_names = {{certgen::SubjectAltName::Kind::kIp, "127.0.0.1"}};
  request.key_type = key_type;
  request.now = base::now();
  return certgen::make_tls_material(request).value();
}

const certgen::StoreEntry& entry_named(const std::vector<certgen::StoreEntry>& entries,
                                       const std::string& alias) {
  for (const certgen::StoreEntry& entry : entries)
    if (entry.alias == alias) return entry;
  throw std::runtime_error("no entry " + alias);
}

std::string base64(std::span<const std::uint8_t> bytes) {
  return std::string(base::to_base64(bytes).expose());
}

}  // namespace

struct HttpsStandIn::Server {
  asio::io_context io;
  asio::ssl::context tls{asio::ssl::context::tls_server};
  asio::ip::tcp::acceptor acceptor{io, {asio::ip::address_v4::loopback(), 0}};
};

HttpsStandIn::HttpsStandIn(std::string reply)
    : reply_(std::move(reply)), server_(std::make_unique<Server>()) {
  const certgen::TlsMaterial material = make_material();
  ca_sha256_hex_ = material.http_ca_sha256_hex;
  ca_pem_ = material.http_ca_pem;
  const auto entries = certgen::read_pkcs12(material.http_p12.bytes(), material.http_password);
  const certgen::StoreEntry& node = entry_named(entries.value(), "http");
  std::string chain;
  for (const certgen::Certificate& certificate : node.chain)
    chain += certgen::certificate_pem(certificate).value();
  const auto key = certgen::private_key_pem(node.key);
  server_->tls.use_certificate_chain(asio::buffer(chain));
  server_->tls.use_private_key(asio::buffer(std::string(key.value().expose())),
                               asio::ssl::context::pem);
  port_ = server_->acceptor.local_endpoint().port();
  thread_ = std::thread([this] { serve(); });
}

HttpsStandIn::~HttpsStandIn() {
  stopping_ = true;
  // Wakes accept up.
  asio::ip::tcp::socket socket(server_->io);
  boost::system::error_code ignored;
  socket.connect({asio::ip::address_v4::loopback(), static_cast<std::uint16_t>(port_)}, ignored);
  thread_.join();
}

void HttpsStandIn::serve() {
  while (!stopping_) {
    asio::ssl::stream<asio::ip::tcp::socket> stream(server_->io, server_->tls);
    boost::system::error_code error;
    server_->acceptor.accept(stream.lowest_layer(), error);
    if (error || stopping_) continue;
    stream.handshake(asio::ssl::stream_base::server, error);
    if (error) continue;
    std::string request;
    asio::read_until(stream, asio::dynamic_buffer(request), "\r\n\r\n", error);
    {
      const std::lock_guard lock(mutex_);
      requests_.push_back(request);
    }
    asio::write(stream, asio::buffer(reply_), error);
    stream.shutdown(error);
  }
}

std::vector<std::string> HttpsStandIn::requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

std::string http_reply(int status, const std::string& body) {
  return "HTTP/1.1 " + std::to_string(status) + " X\r\ncontent-type: application/json\r\n" +
         "content-length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

std::string enroll_body(const std::vector<std::string>& node_addresses, certgen::KeyType key_type) {
  static const certgen::TlsMaterial elliptic = make_material();
  static certgen::TlsMaterial rsa;
  const bool wants_rsa = key_type == certgen::KeyType::kRsa4096;
  if (wants_rsa && rsa.http_ca_pem.empty()) rsa = make_material(key_type);
  const certgen::TlsMaterial& material = wants_rsa ? rsa : elliptic;
  const auto http = certgen::read_pkcs12(material.http_p12.bytes(), material.http_password).value();
  const auto transport =
      certgen::read_pkcs12(material.transport_p12.bytes(), material.transport_password).value();
  const auto& ca = entry_named(http, "http_ca");
  const auto& node = entry_named(transport, "transport");
  const auto& transport_ca = entry_named(transport, "transport_ca");
  boost::json::object body;
  body["http_ca_key"] = base64(certgen::private_key_der(ca.key).value().bytes());
  body["http_ca_cert"] = base64(certgen::certificate_der(ca.chain.front()).value());
  body["transport_key"] = base64(certgen::private_key_der(node.key).value().bytes());
  body["transport_cert"] = base64(certgen::certificate_der(node.chain.front()).value());
  body["transport_ca_cert"] = base64(certgen::certificate_der(transport_ca.chain.front()).value());
  body["nodes_addresses"] = boost::json::array(node_addresses.begin(), node_addresses.end());
  return boost::json::serialize(body);
}

std::string make_token(const std::vector<std::string>& addresses,
                       const std::string& ca_sha256_hex) {
  boost::json::object token;
  token["ver"] = "8.14.0";
  token["adr"] = boost::json::array(addresses.begin(), addresses.end());
  token["fgr"] = ca_sha256_hex;
  token["key"] = "an-id:a-key";
  const std::string text = boost::json::serialize(token);
  return base64({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
}

}  // namespace test_support
