package esboot.modules;

import java.util.List;
import org.elasticsearch.client.internal.node.NodeClient;
import org.elasticsearch.rest.RestChannel;
import org.elasticsearch.rest.RestHandler;
import org.elasticsearch.rest.RestRequest;
import org.elasticsearch.rest.RestResponse;
import org.elasticsearch.rest.RestStatus;

/** GET / as a sign of life; the real module tells versions, which no test needs. */
class RootHandler implements RestHandler {

    @Override
    public List<Route> routes() {
        return List.of(new Route(RestRequest.Method.GET, "/"));
    }

    @Override
    public void handleRequest(RestRequest request, RestChannel channel, NodeClient client) throws Exception {
        channel.sendResponse(
            responseClass().getConstructor(RestStatus.class, String.class, String.class)
                .newInstance(RestStatus.OK, "application/json", "{\"tagline\":\"stand-in\"}")
        );
    }

    /** The responses of 8.3 are of a sub-class that later versions do not have. */
    private static Class<? extends RestResponse> responseClass() {
        try {
            return Class.forName("org.elasticsearch.rest.BytesRestResponse").asSubclass(RestResponse.class);
        } catch (ClassNotFoundException e) {
            return RestResponse.class;
        }
    }
}
