#ifndef SQUALL_OPENAPI_H
#define SQUALL_OPENAPI_H

#include "app/http/route.h"

/*
 * "/-/openapi.json": an OpenAPI 3.1 description (spec.openapis.org/oas/v3.1.0)
 * of the JSON pages of what is published, made from the route table and the
 * schema.
 */
handler openapi_file;

#endif
