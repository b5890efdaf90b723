#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tests/support/background_process.h"

namespace test_support {

/// A real Elasticsearch of one version in a directory of its own, owned by the unprivileged user of
/// tests, with esboot in its bin and ports of its own.
class RealNode {
 public:
  /// nullptr, with a SKIPPED line for `test`, where the distribution or a JDK for it is not to be
  /// had. `option`: of the distribution, as es_home() takes it.
  static std::unique_ptr<RealNode> make(const std::string& test, const std::string& version,
                                        const std::string& option = "");
  ~RealNode();
  RealNode(const RealNode&) = delete;
  RealNode& operator=(const RealNode&) = delete;

  [[nodiscard]] std::filesystem::path home() const { return directory_ / "es"; }
  [[nodiscard]] std::filesystem::path config() const { return home() / "config"; }
  [[nodiscard]] std::filesystem::path file(const std::string& name) const {
    return directory_ / name;
  }
  [[nodiscard]] int http_port() const { return http_port_; }
  [[nodiscard]] int transport_port() const { return transport_port_; }
  /// The variables that its start has.
  [[nodiscard]] std::map<std::string, std::string> environment() const;

  /// Starts esboot with stdout on a terminal; what it shows goes to file("terminal").
  [[nodiscard]] std::unique_ptr<BackgroundProcess> start_on_terminal();
  /// Starts it with stdout and stderr in file("out") and file("err").
  [[nodiscard]] std::unique_ptr<BackgroundProcess> start_redirected();
  /// The same through pipes, so that neither is a terminal nor a regular file.
  [[nodiscard]] std::unique_ptr<BackgroundProcess> start_piped(
      const std::vector<std::string>& arguments = {});

  /// From now on everything of this node happens in this network namespace, with a small heap, and
  /// the node takes the limit of open files for what it wants where others can reach it.
  void move_to(const std::string& network_namespace);
  /// Adds lines to elasticsearch.yml.
  void configure(const std::string& lines);
  /// As start_piped, with the stock bin/elasticsearch.
  [[nodiscard]] std::unique_ptr<BackgroundProcess> start_stock(
      const std::vector<std::string>& arguments = {});

  /// Runs a stock tool of this node as its user to the end; what it said on stdout.
  [[nodiscard]] std::string run_stock(const std::vector<std::string>& command) const;

  /// The body of GET `path` over HTTPS, as elastic.
  [[nodiscard]] std::string get(const std::string& path, const std::string& password) const;

  /// The status of setting the password of elastic to what it is.
  [[nodiscard]] std::string set_password(const std::string& password) const;

  /// The exit code of `esboot ready`.
  [[nodiscard]] int ready() const;

  /// The status of GET /_security/_authenticate with http_ca.crt, "000" for none. `password`
  /// nullopt: without credentials.
  [[nodiscard]] std::string authenticate(const std::optional<std::string>& password) const;
  /// authenticate() until it is 200, or `limit` has passed: the last answer. A node that has
  /// just become ready answers 503 or 401 for some seconds, until the security index is there.
  [[nodiscard]] std::string authenticate_when_up(
      const std::string& password, std::chrono::milliseconds limit = std::chrono::minutes(2)) const;
  /// curl's exit code for plain http.
  [[nodiscard]] int plain_http() const;

  [[nodiscard]] std::string text_of(const std::string& name) const;

 private:
  explicit RealNode(std::filesystem::path directory) : directory_(std::move(directory)) {}
  [[nodiscard]] BackgroundProcess::Request request(const std::vector<std::string>& wrapper) const;
  /// The words of a command line that begins where this node is.
  [[nodiscard]] std::vector<std::string> here() const;
  /// curl with http_ca.crt; `words` stand before the address. What it says on stdout.
  [[nodiscard]] std::string curl(const std::string& path,
                                 const std::vector<std::string>& words) const;
  [[nodiscard]] std::unique_ptr<BackgroundProcess> start_program(
      const std::string& program, const std::vector<std::string>& arguments);

  std::filesystem::path directory_;
  std::string network_namespace_;
  std::string jdk_;
  std::string heap_ = "512m";
  int http_port_ = 0;
  int transport_port_ = 0;
};

}  // namespace test_support
