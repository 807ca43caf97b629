package maventatest

import (
	"net/http"
	"strings"
)

// apiError is a refusal in Maventa's own shape.
type apiError struct {
	status  int
	code    string
	message string
	details []string
}

func (e *apiError) Error() string { return e.code + ": " + e.message }

func (e *apiError) answer() answer {
	details := e.details
	if details == nil {
		details = []string{}
	}
	return jsonAnswer(e.status, map[string]any{"code": e.code, "message": e.message, "details": details})
}

func invalidParameters(details ...string) *apiError {
	return &apiError{http.StatusBadRequest, "invalid_parameters", "Request parameters are invalid", details}
}

func unauthorized() *apiError {
	return &apiError{http.StatusUnauthorized, "auth_unauthorized", "The token is not valid or does not give access", nil}
}

func forbidden(why string) *apiError {
	return &apiError{http.StatusForbidden, "forbidden", "Requested operation for resource is not allowed", []string{why}}
}

func notFound() *apiError {
	return &apiError{http.StatusNotFound, "not_found", "Requested resource not found or you don't have access to it", nil}
}

func conflict(why string) *apiError {
	return &apiError{http.StatusConflict, "conflict", "Requested operation conflicts with the state of the resource", []string{why}}
}

// plainError is the answer of a status that no handler gave.
func plainError(status int) *apiError {
	text := http.StatusText(status)
	if text == "" {
		text = "Status"
	}
	return &apiError{status, strings.ReplaceAll(strings.ToLower(text), " ", "_"), text, nil}
}
