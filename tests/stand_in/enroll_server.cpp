// A cluster that a node can join, for measurements: prints an enrollment token and answers until
// its stdin ends.
#include <iostream>
#include <string>

#include "tests/support/https_stand_in.h"

int main() {
  // The stock launcher signs as if the key of the CA were RSA.
  const test_support::HttpsStandIn cluster(test_support::http_reply(
      200, test_support::enroll_body({"127.0.0.1:9300"}, certgen::KeyType::kRsa4096)));
  std::cout << test_support::make_token({cluster.address()}, cluster.ca_sha256_hex()) << std::endl;
  for (std::string line; std::getline(std::cin, line);) continue;
  return 0;
}
