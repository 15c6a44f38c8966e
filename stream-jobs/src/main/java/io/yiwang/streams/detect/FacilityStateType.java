package io.yiwang.streams.detect;

import io.yiwang.streams.detect.snapshot.FormSerializer;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.lang.reflect.Type;
import java.util.Map;
import org.apache.flink.api.common.serialization.SerializerConfig;
import org.apache.flink.api.common.typeinfo.TypeInfoFactory;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSchemaCompatibility;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.api.java.typeutils.runtime.PojoSerializerSnapshot;

/** How Flink keeps a {@link FacilityState}: in its own form. Older savepoints, which have it as one of Flink's own types, are read. */
public final class FacilityStateType extends TypeInfoFactory<FacilityState> {
    @Override
    public TypeInformation<FacilityState> createTypeInfo(Type type, Map<String, TypeInformation<?>> parameters) {
        return new Information();
    }

    private static final class Information extends TypeInformation<FacilityState> {
        private static final long serialVersionUID = 1;

        @Override
        public boolean isBasicType() {
            return false;
        }

        @Override
        public boolean isTupleType() {
            return false;
        }

        @Override
        public int getArity() {
            return 1;
        }

        @Override
        public int getTotalFields() {
            return 1;
        }

        @Override
        public Class<FacilityState> getTypeClass() {
            return FacilityState.class;
        }

        @Override
        public boolean isKeyType() {
            return false;
        }

        @Override
        public TypeSerializer<FacilityState> createSerializer(SerializerConfig config) {
            return Serializer.INSTANCE;
        }

        @Override
        public String toString() {
            return "FacilityState";
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Information;
        }

        @Override
        public int hashCode() {
            return Information.class.hashCode();
        }

        @Override
        public boolean canEqual(Object other) {
            return other instanceof Information;
        }
    }

    /** Writes and reads the form. */
    public static final class Serializer extends FormSerializer<FacilityState> {
        static final Serializer INSTANCE = new Serializer();
        private static final long serialVersionUID = 1;

        @Override
        public FacilityState createInstance() {
            return new FacilityState();
        }

        @Override
        public FacilityState copy(FacilityState from) {
            return from.copy();
        }

        @Override
        protected void write(FacilityState state, DataOutput out) throws IOException {
            state.write(out);
        }

        @Override
        protected FacilityState read(DataInput in) throws IOException {
            return FacilityState.read(in);
        }

        @Override
        public TypeSerializerSnapshot<FacilityState> snapshotConfiguration() {
            return new Snapshot();
        }
    }

    /** The form has its version inside. */
    public static final class Snapshot extends SimpleTypeSerializerSnapshot<FacilityState> {
        public Snapshot() {
            super(() -> Serializer.INSTANCE);
        }

        @Override
        public TypeSerializerSchemaCompatibility<FacilityState> resolveSchemaCompatibility(
                TypeSerializerSnapshot<FacilityState> before) {
            return before instanceof PojoSerializerSnapshot
                    ? TypeSerializerSchemaCompatibility.compatibleAfterMigration()
                    : super.resolveSchemaCompatibility(before);
        }
    }
}
