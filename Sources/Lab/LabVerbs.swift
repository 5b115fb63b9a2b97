internal import HTTPMessages

extension LabCluster {
    mutating func handle(_ request: HTTPRequest, _ address: LabAddress) -> HTTPResponse {
        LabRefusal.noSuchPath.response
    }
}
