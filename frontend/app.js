// The one script pages load: htmx, then every behaviour under piste/web (listed by the build).
import "htmx.org";
import "./behaviours.js";
