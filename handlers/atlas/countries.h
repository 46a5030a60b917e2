#ifndef SQUALL_ATLAS_COUNTRIES_H
#define SQUALL_ATLAS_COUNTRIES_H

#include "app/http/route.h"

handler countries_page;

#endif
