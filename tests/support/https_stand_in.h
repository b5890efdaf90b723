#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "certgen/keys.h"

namespace test_support {

/// A node of a cluster as far as one that joins can see: HTTPS on 127.0.0.1 with a certificate of a
/// CA of its own.
class HttpsStandIn {
 public:
  /// What it answers to every request, byte by byte after the handshake.
  explicit HttpsStandIn(std::string reply);
  ~HttpsStandIn();
  HttpsStandIn(const HttpsStandIn&) = delete;
  HttpsStandIn& operator=(const HttpsStandIn&) = delete;

  [[nodiscard]] std::string address() const { return "127.0.0.1:" + std::to_string(port_); }
  [[nodiscard]] const std::string& ca_sha256_hex() const { return ca_sha256_hex_; }
  [[nodiscard]] const std::string& ca_pem() const { return ca_pem_; }
  [[nodiscard]] int port() const { return port_; }
  /// The requests so far, headers included.
  [[nodiscard]] std::vector<std::string> requests() const;

 private:
  struct Server;
  void serve();

  std::string reply_;
  std::string ca_sha256_hex_;
  std::string ca_pem_;
  std::unique_ptr<Server> server_;
  int port_ = 0;
  std::atomic<bool> stopping_ = false;
  mutable std::mutex mutex_;
  std::vector<std::string> requests_;
  std::thread thread_;
};

/// "HTTP/1.1 <status> X", a JSON body and its length.
[[nodiscard]] std::string http_reply(int status, const std::string& body);

/// A complete answer of the enroll API, with real keys and certificates. The stock launcher joins
/// only where the key of the CA is RSA.
[[nodiscard]] std::string enroll_body(const std::vector<std::string>& node_addresses,
                                      certgen::KeyType key_type = certgen::KeyType::kEcP256);

/// A token as a cluster makes it.
[[nodiscard]] std::string make_token(const std::vector<std::string>& addresses,
                                     const std::string& ca_sha256_hex);

}  // namespace test_support
